import { trainingOperations } from './models.mjs';
import { nodeRunner } from './runners.mjs';
import { median, shown } from './statistics.mjs';

const positions = 65_536;
const lstm = { cell: 'lstm', vocabulary: 28, layers: 1, optimizer: 'sgd' };
const series = [
  {
    title: `As T grows, N x T = ${positions}`,
    sameArithmetic: true,
    models: [16, 64, 256, 1024, 4096].map((steps) => ({ hidden: 64, steps, batch: positions / steps })),
  },
  {
    title: 'As H grows, N = 32, T = 35',
    sameArithmetic: false,
    models: [32, 64, 96, 128, 192, 256, 384, 512, 768, 1024].map((hidden) => ({
      hidden,
      steps: 35,
      batch: 32,
    })),
  },
];

/**
 * Time per token as sequences grow longer while N x T stays, and arithmetic per second as the model grows: medians of rounds, and
 * the shortest step of all, which tells what is due to the program and not to others on the machine.
 */
export async function scaling(versions, report, { rounds = 3 } = {}) {
  const rows = [];
  for (const { title, models, sameArithmetic } of series) {
    for (const { name: version, binary, simd } of versions) {
      report(`${title}, ${version}`);
      const measured = await byTurns(nodeRunner(binary, 'train-ours.mjs'), models, { rounds, simd });
      const least = Math.min(...measured.map(({ shortest }) => shortest));
      for (const { model, nanoseconds, shortest } of measured) {
        const gflops = trainingOperations(model) / shortest;
        const name = `${version}, LSTM H${model.hidden} N${model.batch} T${model.steps}`;
        const times = `${shown(nanoseconds).padStart(6)} ns/token, shortest step ${shown(shortest).padStart(6)}`;
        const relative = sameArithmetic ? ` (${(shortest / least).toFixed(2)} of the least)` : '';
        report(`  ${name.padEnd(36)} ${times}${relative}, ${shown(gflops)} GFLOP/s`);
        rows.push({ name, value: nanoseconds, unit: 'ns/token', shortest, gflops });
      }
    }
  }
  return rows;
}

async function byTurns(train, models, { rounds, simd }) {
  const all = models.map((model) => ({ model: { ...lstm, ...model }, times: [], shortest: Infinity }));
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 ? [...all].reverse() : all) {
      const { model } = one;
      const { tokensPerSecond, shortestStepMilliseconds, cannot } = await train({
        ...model,
        seconds: 1,
        threads: 2,
        simd,
      });
      if (cannot) throw new Error(cannot);
      one.times.push(1e9 / tokensPerSecond);
      one.shortest = Math.min(one.shortest, (1e6 * shortestStepMilliseconds) / (model.batch * model.steps));
    }
  }
  return all.map(({ model, times, shortest }) => ({ model, nanoseconds: median(times), shortest }));
}
