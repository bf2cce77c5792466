import { createHash, type Hash } from 'node:crypto';
import type { LayerState } from '@throughtime/contract';
import { Engine, type EngineOptions } from '../engine/engine.js';
import { gemm } from '../ops/gemm.js';
import { GradientNorm } from '../ops/gradient-norm.js';
import { map } from '../ops/map.js';
import { MultiTensorOptimizer } from '../ops/optimizer.js';
import { type Cell, cellLayout, isRecurrent } from '../recurrent/cell.js';
import { CompiledLanguageModel } from '../recurrent/compiled-language-model.js';
import type {
  CompiledLanguageModelOptions,
  LanguageModelParameters,
} from '../recurrent/language-model-options.js';
import { LanguageModelStepper } from '../recurrent/language-model-stepper.js';
import type { LayerParameters } from '../recurrent/layer-parameters.js';
import { RecurrentStack, type RecurrentStackOptions } from '../recurrent/recurrent-stack.js';

type Problem = (bench: Bench) => void;
type Shape = Omit<CompiledLanguageModelOptions, 'parameters' | 'gradients'> & { readonly layers: number };

const cells: readonly Cell[] = [
  'rnn-tanh',
  'rnn-relu',
  'lstm',
  'gru',
  'gru-reset-before',
  'mingru',
  'minlstm',
];
// Odd, so that every kernel meets whole tiles and what is left beside them.
const small = { vocabularySize: 53, hiddenSize: 69, batchSize: 13, steps: 7, layers: 2 };

/** Problems with random numbers that, taken together, run every operation of the engine. */
const problems: Readonly<Record<string, Problem>> = {
  ...Object.fromEntries(['exp', 'sigmoid', 'tanh'].map((f) => [f, (bench) => mapped(bench, f as 'exp')])),
  ...Object.fromEntries(
    [0, 1, 2, 3].map((bits) => [
      `product, orientation ${bits}`,
      (bench) => product(bench, { transposeA: bits > 1, transposeB: bits % 2 > 0 }),
    ]),
  ),
  ...Object.fromEntries(
    (['sgd', 'adam', 'adamw', 'rmsprop'] as const).map((rule) => [rule, (bench) => updates(bench, rule)]),
  ),
  ...Object.fromEntries(
    cells.flatMap((cell): [string, Problem][] => [
      [`${cell}, one-hot`, (bench) => languageModel(bench, { ...small, cell })],
      [
        `${cell}, embedding, dropout`,
        (bench) =>
          languageModel(bench, {
            ...{ ...small, cell, embeddingSize: 37, activationPenalty: { size: 2, change: 1 } },
            dropout: {
              ...{ embedding: 0.1, input: 0.2, between: 0.3, output: 0.2, locked: true },
              ...(isRecurrent(cell) && { state: 0.1, recurrentWeights: 0.4 }),
            },
          }),
      ],
      [`${cell}, dense`, (bench) => stack(bench, cell)],
      [`${cell}, dense, every part`, (bench) => stackOfParts(bench, cell)],
      [`${cell}, a token at a time`, (bench) => stepper(bench, { ...small, cell }, false)],
      [`${cell}, every part, a token at a time`, (bench) => stepperOfParts(bench, cell)],
      [`${cell}, int8`, (bench) => stepper(bench, { ...small, cell, embeddingSize: 37 }, true)],
    ]),
  ),
  'lstm, residual sums, zoneout, fresh masks': (bench) =>
    languageModel(bench, {
      ...{ ...small, cell: 'lstm', residual: true, zoneout: { hidden: 0.2, cell: 0.1 } },
      dropout: { input: 0.2, between: 0.3 },
    }),
  // Enough units that a simple cell's states are packed.
  'rnn-tanh, many units': (bench) =>
    languageModel(bench, { ...small, cell: 'rnn-tanh', hiddenSize: 139, layers: 1 }),
  'gru, residual sums, zoneout, a token at a time': (bench) =>
    stepper(bench, { ...small, cell: 'gru', residual: true, zoneout: { hidden: 0.2 } }, false),
};

/** What an engine takes, and the numbers that its kernels are run on. */
export interface KernelDigestsOptions extends EngineOptions {
  /** A whole number that the random numbers follow from. Default 1. */
  readonly seed?: number;
}

/**
 * Runs every operation of the engine on random numbers that follow from `seed`, and stands for the bits of all results. Equal digests of two
 * processes say that their platforms compute alike.
 * @returns a hash for each problem, by its name
 */
export function kernelDigests({ seed = 1, ...options }: KernelDigestsOptions = {}): Record<string, string> {
  const engine = new Engine(options);
  try {
    return Object.fromEntries(
      Object.entries(problems).map(([name, solve], i) => {
        const bench = new Bench(engine, seed * 1000 + i);
        solve(bench);
        return [name, bench.digest()];
      }),
    );
  } finally {
    engine.dispose();
  }
}

/** Draws numbers into the engine's memory, and keeps the hash of results. */
class Bench {
  readonly engine: Engine;
  readonly #hash: Hash = createHash('sha256');
  #state: number;

  constructor(engine: Engine, seed: number) {
    this.engine = engine;
    this.#state = seed;
  }

  /** A number from 0 to 1 (xorshift over a Weyl sequence: any that spreads over all bits will do). */
  #draw(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let word = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 2 ** 32;
  }

  values(length: number, scale = 1): Float32Array {
    const view = this.engine.allocate(length);
    for (let i = 0; i < length; i++) view[i] = (2 * this.#draw() - 1) * scale;
    return view;
  }

  ids(length: number, below: number): Int32Array {
    return Int32Array.from({ length }, () => Math.floor(this.#draw() * below));
  }

  parameters({
    cell,
    vocabularySize: V,
    hiddenSize,
    embeddingSize: E = 0,
    layers,
  }: Shape): LanguageModelParameters {
    const H = hiddenSize as number;
    const rows = cellLayout(cell).gates * H;
    const weights = (length: number) => this.values(length, 2 / Math.sqrt(H));
    return {
      ...(E > 0 && { embedding: weights(V * E) }),
      layers: Array.from({ length: layers }, (_, i) => ({
        weightIh: weights(rows * (i > 0 ? H : E || V)),
        biasIh: weights(rows),
        ...(isRecurrent(cell) && { weightHh: weights(rows * H), biasHh: weights(rows) }),
      })),
      outputWeight: weights(V * H),
      outputBias: weights(V),
    };
  }

  /** The weights of a layer with everything that its cell can have. */
  everyPart(cell: Cell, inputSize: number, projectionSize: number | undefined): LayerParameters {
    const H = small.hiddenSize;
    const rows = cellLayout(cell).gates * H;
    const weights = (length: number) => this.values(length, 2 / Math.sqrt(H));
    return {
      ...{ weightIh: weights(rows * inputSize), biasIh: weights(rows), gainIh: weights(rows) },
      ...(isRecurrent(cell) && {
        ...{ weightHh: weights(rows * (projectionSize ?? H)), biasHh: weights(rows), gainHh: weights(rows) },
      }),
      ...(cell === 'lstm' && {
        ...{ weightPeephole: weights(3 * H), gainCell: weights(H), biasCell: weights(H) },
      }),
      ...(projectionSize !== undefined && { weightHr: weights(projectionSize * H) }),
    };
  }

  keep(...results: readonly (Float32Array | number)[]): void {
    for (const result of results) {
      const view = typeof result === 'number' ? new Float64Array([result]) : result;
      // A copy: hashes do not read memory that threads share.
      this.#hash.update(new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice());
    }
  }

  keepStates(states: readonly LayerState[]): void {
    for (const { h, c } of states) this.keep(h, ...(c ? [c] : []));
  }

  keepParameters({ embedding, layers, outputWeight, outputBias }: LanguageModelParameters): void {
    for (const view of [
      embedding,
      outputWeight,
      outputBias,
      ...layers.flatMap((layer) => Object.values(layer)),
    ])
      if (view) this.keep(view);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

function mapped(bench: Bench, f: 'exp' | 'sigmoid' | 'tanh'): void {
  const [source, target] = [bench.values(4099, 30), bench.values(4099)];
  map(bench.engine, f, source, target);
  bench.keep(target);
}

function product(bench: Bench, orientation: { transposeA: boolean; transposeB: boolean }): void {
  for (const [m, n, k] of [
    [131, 67, 523],
    [1, 9, 33],
    [7, 40, 512],
  ]) {
    const [a, b, c] = [bench.values(m * k), bench.values(k * n), bench.values(m * n)];
    gemm(bench.engine, { a, b, c, m, n, k, alpha: 0.7, beta: 0.3, ...orientation });
    bench.keep(c);
  }
}

function updates(bench: Bench, rule: 'sgd' | 'adam' | 'adamw' | 'rmsprop'): void {
  for (const momentum of rule === 'sgd' || rule === 'rmsprop' ? [0, 0.9] : [0]) {
    const tensors = [1, 131, 20_011].map((length) => ({
      data: bench.values(length),
      gradient: bench.values(length),
    }));
    const norm = new GradientNorm(bench.engine, tensors);
    const optimizer = new MultiTensorOptimizer(bench.engine, tensors, { rule, momentum: momentum > 0 });
    for (let i = 0; i < 3; i++)
      optimizer.update({
        ...{ learningRate: 0.01, weightDecay: 0.1, gradientScale: 1 / norm.compute() },
        ...(momentum > 0 && { momentum }),
      });
    for (const { data } of tensors) bench.keep(data);
    bench.keep(norm.compute());
  }
}

function languageModel(bench: Bench, shape: Shape): void {
  const { layers: _, ...options } = shape;
  const { batchSize, steps, vocabularySize } = options;
  const [parameters, gradients] = [bench.parameters(shape), bench.parameters(shape)];
  const model = new CompiledLanguageModel(bench.engine, { ...options, parameters, gradients });
  const chunk = {
    inputs: bench.ids(batchSize * steps, vocabularySize),
    targets: bench.ids(batchSize * steps, vocabularySize),
    lengths: bench.ids(batchSize, steps + 1),
  };
  const trained = model.lossAndGradients(chunk, { dropoutSeed: 5, recurrentGradientScale: 0.9 });
  bench.keep(trained.loss, model.losses());
  bench.keepParameters(gradients);
  const read = model.evaluate({ ...chunk, state: trained.state });
  bench.keep(read.loss, read.output);
  bench.keepStates(read.state);
  model.free();
}

function stack(bench: Bench, cell: Cell): void {
  const shape = { ...small, cell, embeddingSize: 37 };
  runStack(bench, cell, bench.parameters(shape).layers, bench.parameters(shape).layers, {});
}

/** Layer norm, zoneout, and what an LSTM has besides: peepholes and projections. */
function stackOfParts(bench: Bench, cell: Cell): void {
  const projectionSize = cell === 'lstm' ? 23 : undefined;
  const make = () =>
    [37, projectionSize ?? small.hiddenSize].map((inputs) => bench.everyPart(cell, inputs, projectionSize));
  const zoneout = isRecurrent(cell) ? { hidden: 0.2, ...(cell === 'lstm' && { cell: 0.3 }) } : undefined;
  runStack(bench, cell, make(), make(), { projectionSize, ...(zoneout && { zoneout }) });
}

function runStack(
  bench: Bench,
  cell: Cell,
  parameters: readonly LayerParameters[],
  gradients: readonly LayerParameters[],
  options: Partial<RecurrentStackOptions>,
): void {
  const { batchSize, steps, hiddenSize } = small;
  const made = new RecurrentStack(bench.engine, {
    ...{ cell, inputSize: 37, hiddenSize, batchSize, steps, parameters, gradients },
    ...options,
  });
  made.inputs.set(bench.values(made.inputs.length));
  made.outputGradients.set(bench.values(made.outputGradients.length));
  const state = made.forward({
    lengths: bench.ids(batchSize, steps + 1),
    ...{ reverse: true, inputMask: bench.values(batchSize * 37) },
  });
  bench.keep(made.outputs);
  bench.keepStates(state);
  bench.keepStates(made.backward());
  bench.keep(made.inputGradients, ...gradients.flatMap((layer) => Object.values(layer)));
  made.free();
}

function stepperOfParts(bench: Bench, cell: Cell): void {
  const { vocabularySize, hiddenSize } = small;
  const projectionSize = cell === 'lstm' ? 23 : undefined;
  const outputs = projectionSize ?? hiddenSize;
  const layers = [vocabularySize, outputs].map((inputs) => bench.everyPart(cell, inputs, projectionSize));
  const parameters = { layers, outputWeight: bench.values(vocabularySize * outputs, 2 / Math.sqrt(outputs)) };
  stepper(bench, { ...small, cell, projectionSize }, false, parameters);
}

function stepper(bench: Bench, shape: Shape, int8: boolean, parameters = bench.parameters(shape)): void {
  const { layers: _, batchSize: _batch, steps: _steps, ...size } = shape;
  const made = new LanguageModelStepper(bench.engine, { ...size, int8, parameters });
  let state = made.initialState();
  for (const token of bench.ids(5, size.vocabularySize)) {
    state = made.advance(state, token);
    bench.keepStates(state);
    bench.keep(made.logProbabilities(size.residual ? [{ h: made.output() }] : state));
  }
  made.free();
}
