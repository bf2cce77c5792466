// What the engine alone reaches: the roofline (a product that stays in cache), the products of a training step, where a
// step's time goes. `--threads N`: default all cores. About a minute.
import { CompiledLanguageModel, defaultEngine, gemm } from '@throughtime/wasm-kernels';

export const description = 'the engine alone: roofline, products, parts of a step, threads (a minute)';

/** Recurrent weights have G * H rows. */
const GATES = { 'rnn-tanh': 1, gru: 3, lstm: 4 };

/** Configurations of the training benchmark: [name, cell, V, H, N, T, layers, E]. */
const CONFIGURATIONS = [
  ['RNN V28 H512 B32 T35', 'rnn-tanh', 28, 512, 32, 35, 1, 0],
  ['RNN V28 H256 B32 T35', 'rnn-tanh', 28, 256, 32, 35, 1, 0],
  ['RNN V28 H32 B1024 T32', 'rnn-tanh', 28, 32, 1024, 32, 1, 0],
  ['LSTM V28 H256 B32 T35', 'lstm', 28, 256, 32, 35, 1, 0],
  ['GRU V28 H256 B32 T35', 'gru', 28, 256, 32, 35, 1, 0],
  ['LSTM 2x128 V65 B50 T50', 'lstm', 65, 128, 50, 50, 2, 0],
  ['LSTM 2x200 V10000 B20 T20', 'lstm', 10_000, 200, 20, 20, 2, 200],
  ['LSTM V65 H512 B64 T50', 'lstm', 65, 512, 64, 50, 1, 0],
];

/** The shortest of many runs, in ms: what the machine can do when nothing else runs. */
function shortest(work, milliseconds = 1500) {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + milliseconds;
  for (let i = 0; i < 5 || performance.now() < end; i++) {
    const started = performance.now();
    work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

function fill(view, scale) {
  for (let i = 0; i < view.length; i++) view[i] = (((i * 2654435761) % 1000) / 500 - 1) * scale;
  return view;
}

/** A product's GFLOP/s. */
function productSpeed(engine, m, n, k, orientation = {}) {
  const [a, b, c] = [m * k, k * n, m * n].map((length) => fill(engine.allocate(length), 1));
  const ms = shortest(() => gemm(engine, { a, b, c, m, n, k, ...orientation }), 700);
  for (const view of [a, b, c]) engine.free(view);
  return (2 * m * n * k) / ms / 1e6;
}

/** A compiled model with its tensors, chunk and arithmetic per step (products only, 2 flops a multiply-add). */
function makeModel(engine, [name, cell, V, H, N, T, layers, E]) {
  const views = [];
  const make = (length) => {
    views.push(engine.allocate(length));
    return fill(views.at(-1), 1 / Math.sqrt(H));
  };
  const rows = GATES[cell] * H;
  const tensors = () => ({
    ...(E > 0 ? { embedding: make(V * E) } : {}),
    layers: Array.from({ length: layers }, (_, i) => ({
      weightIh: make(rows * (i > 0 ? H : E || V)),
      weightHh: make(rows * H),
      biasIh: make(rows),
      biasHh: make(rows),
    })),
    outputWeight: make(V * H),
    outputBias: make(V),
  });
  const compiled = new CompiledLanguageModel(engine, {
    ...{ cell, vocabularySize: V, hiddenSize: H, embeddingSize: E, batchSize: N, steps: T },
    parameters: tensors(),
    gradients: tensors(),
  });
  const ids = (factor) => Int32Array.from({ length: N * T }, (_, i) => (i * factor) % V);
  // One-hot inputs are a gather: no product, so not counted.
  const inputs = E;
  const weights = rows * (inputs + H) + (layers - 1) * rows * 2 * H + V * H;
  return {
    name,
    compiled,
    chunk: { inputs: ids(7), targets: ids(11) },
    tokens: N * T,
    flops: 6 * weights * N * T,
    free() {
      compiled.free();
      for (const view of views) engine.free(view);
    },
  };
}

/** @param {{ args: string[], report: (line: string) => void }} options */
export async function run({ args, report }) {
  const engine = defaultEngine();
  const at = args.indexOf('--threads');
  const most = at >= 0 ? Number(args[at + 1]) : engine.threads;
  const rows = [];
  const setThreads = async (threads) => {
    engine.setThreads(threads);
    await engine.ready();
  };

  report(`\nRoofline: a product of 120 rows a thread by 256 columns, k = 512 (${engine.simd} SIMD)`);
  const roofline = {};
  for (const threads of new Set([1, most])) {
    await setThreads(threads);
    roofline[threads] = productSpeed(engine, 120 * threads, 256, 512);
    report(`  ${threads} threads  ${roofline[threads].toFixed(1)} GFLOP/s`);
    rows.push({ name: `roofline, ${threads} threads`, value: roofline[threads], unit: 'GFLOP/s' });
  }

  report(`\nProducts of LSTM H512 B64 T50, ${most} threads`);
  for (const [name, m, n, k, orientation] of [
    ['gradient of W_hh', 2048, 512, 3200, { transposeA: true }],
    ['inputs of a layer', 3200, 2048, 512, { transposeB: true }],
    ['gradient of inputs', 3200, 512, 2048, {}],
    ['one step, forward', 64, 2048, 512, { transposeB: true }],
  ]) {
    const value = productSpeed(engine, m, n, k, orientation);
    report(`  ${name.padEnd(20)} ${value.toFixed(1).padStart(6)} GFLOP/s`);
    rows.push({ name, value, unit: 'GFLOP/s' });
  }

  report('\nForward and backward, without the update; parts in ms, each run by itself');
  for (const configuration of CONFIGURATIONS) {
    const speeds = {};
    let parts = {};
    for (const threads of new Set([1, most])) {
      await setThreads(threads);
      const { compiled, chunk, tokens, flops, free } = makeModel(engine, configuration);
      const ms = shortest(() => compiled.lossAndGradients(chunk));
      speeds[threads] = tokens / ms;
      const share = flops / ms / 1e6 / roofline[threads];
      const name = `${configuration[0]}, ${threads} threads`;
      rows.push(
        { name, value: tokens / ms, unit: 'ktokens/s' },
        { name: `${name}, roofline`, value: share, unit: '' },
      );
      report(
        `  ${name.padEnd(36)} ${(tokens / ms).toFixed(1).padStart(7)} ktokens/s ${(flops / ms / 1e6).toFixed(1).padStart(6)} GFLOP/s  ${(100 * share).toFixed(0)}% of the roofline`,
      );
      parts = compiled.profile(chunk);
      for (let i = 0; i < 4; i++) {
        for (const [part, time] of Object.entries(compiled.profile(chunk)))
          parts[part] = Math.min(parts[part], time);
      }
      free();
    }
    const list = Object.entries(parts)
      .filter(([, time]) => time > 0.05)
      .map(([part, time]) => `${part} ${time.toFixed(2)}`);
    report(`      ${list.join(', ')}`);
    if (most > 1) {
      const ratio = speeds[most] / speeds[1];
      report(`      ${most} threads against one: ${ratio.toFixed(2)}`);
      rows.push({ name: `${configuration[0]}, ${most} threads against 1`, value: ratio, unit: '' });
    }
  }
  return rows;
}
