// The smoke test of the PTB code: two hidden units, two steps, one epoch. It shows that everything runs, and no more.
import { Random } from '@throughtime/random';
import { drawnRun } from './ptb-protocol.mjs';
import { pennTreebankSizes, zipfIds } from './synthetic-corpus.mjs';

export const description = 'Penn Treebank, smoke test: one epoch of a model with two units on drawn ids';
export const duration = 'about ten seconds';

/** A twentieth of the corpus. */
const tokens = 46_480;

/** @param {{ report(line: string): void }} context */
export async function run({ report }) {
  const { vocabulary: vocabularySize } = pennTreebankSizes;
  const trainingIds = zipfIds(tokens, vocabularySize, Random.seeded(1));
  const { trainer, batches, epochs } = drawnRun('ptb-test', { vocabularySize, trainingIds });
  let updates = 0;
  let perplexity = Number.NaN;
  for await (const event of trainer.fit(batches, { epochs })) {
    if (event.type === 'step') updates++;
    if (event.type === 'epoch') perplexity = event.perplexity;
  }
  report(`  ${updates} updates`);
  // ((46,480 / 20) - 1) // 2
  const expected = 1_161;
  return {
    checks: [
      { name: 'updates', expected: `${expected}`, ours: `${updates}`, within: updates === expected },
      {
        name: 'training perplexity (uniform: 10,000)',
        expected: `< ${vocabularySize}`,
        ours: perplexity.toFixed(0),
        within: perplexity < vocabularySize,
      },
    ],
  };
}
