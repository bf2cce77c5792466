import { trainingOperations } from './models.mjs';
import { nodeRunner } from './runners.mjs';
import { shown } from './statistics.mjs';

const positions = 65_536;

/** Time per token as sequences grow longer while N x T stays, and arithmetic per second as the model grows. */
export async function scaling(versions, report) {
  const rows = [];
  for (const { name: version, binary, simd } of versions) {
    const train = nodeRunner(binary, 'train-ours.mjs');
    const measure = async (model) => {
      const { tokensPerSecond } = await train({ ...model, seconds: 1, threads: 2, simd });
      const gflops = (tokensPerSecond * trainingOperations(model)) / 1e9;
      const name = `${version}, LSTM H${model.hidden} N${model.batch} T${model.steps}`;
      report(
        `  ${name.padEnd(36)} ${shown(1e9 / tokensPerSecond).padStart(6)} ns/token ${shown(gflops)} GFLOP/s`,
      );
      rows.push({ name, value: 1e9 / tokensPerSecond, unit: 'ns/token', gflops });
    };
    const lstm = { cell: 'lstm', vocabulary: 28, layers: 1, optimizer: 'sgd' };
    report(`As T grows, N x T = ${positions}`);
    for (let steps = 16; steps <= 4096; steps *= 4)
      await measure({ ...lstm, hidden: 64, steps, batch: positions / steps });
    report('As H grows, N = 32, T = 35');
    for (const hidden of [32, 64, 96, 128, 192, 256, 384, 512, 768, 1024])
      await measure({ ...lstm, hidden, steps: 35, batch: 32 });
  }
  return rows;
}
