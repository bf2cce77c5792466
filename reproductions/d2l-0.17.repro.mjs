// The chapter's language models in editions 0.7 to 0.17: six networks on the first 10,000 characters of The Time Machine.
import { perplexityCurves } from '@throughtime/figures';
import { quickLook, trainChapterPreset } from './chapter-protocol.mjs';

export const description =
  'The chapter, editions 0.7 to 0.17: RNN, LSTM and GRU on 10,000 characters of The Time Machine';
export const duration =
  'about a quarter of an hour; name some of rnn, random, concise, lstm, gru, deep-lstm for those alone';

/** The bound is the highest figure published over the book's builds; the speed its GPU's (MXNet / PyTorch / TensorFlow). */
const models = {
  rnn: { preset: 'd2l-0.17', bound: 1.2, published: '28.5k / 43.6k / 10.4k' },
  random: { preset: 'd2l-0.17-random', bound: 1.5, published: '27.3k / 64.8k / 10.2k' },
  concise: { preset: 'd2l-0.17-concise', bound: 1.4, published: '145k / 280k / 15.6k' },
  lstm: { preset: 'd2l-0.17-lstm', bound: 1.4, published: '10.2k / 22.2k / 4.1k (scratch)' },
  gru: { preset: 'd2l-0.17-gru', bound: 1.3, published: '11.4k / 20.5k / 4.4k (scratch)' },
  'deep-lstm': { preset: 'd2l-0.17-deep-lstm', bound: 1.1, published: '121k / 210k / 4.2k' },
};
const mostSeconds = 300;

export const choices = Object.keys(models);

/** @param {{ report(line: string): void, chosen: string[], quick?: boolean }} context */
export async function run({ report, chosen, quick = false }) {
  const wanted = Object.entries(models).filter(([name]) => chosen.length === 0 || chosen.includes(name));
  const checks = [];
  const curves = [];
  const samples = [];
  if (quick)
    return quickLook(
      wanted.map(([, { preset }]) => preset),
      report,
    );
  for (const [name, { preset, bound, published }] of wanted) {
    const outcome = await trainChapterPreset(preset, { report });
    checks.push(
      {
        name: `${name}: training perplexity`,
        expected: `<= ${bound}`,
        ours: outcome.training.toFixed(2),
        within: outcome.training <= bound,
      },
      {
        name: `${name}: seconds undisturbed (by the clock), tokens/s (published, GPU: ${published})`,
        expected: `<= ${mostSeconds}`,
        ours: `${outcome.undisturbedSeconds.toFixed(0)} (${outcome.seconds.toFixed(0)}), ${(outcome.tokensPerSecond / 1000).toFixed(1)}k`,
        within: outcome.undisturbedSeconds <= mostSeconds,
      },
    );
    curves.push({ label: name, points: outcome.curve.filter((_, i) => i % 5 === 4) });
    samples.push(`${name}: ${outcome.sample}`);
  }
  return {
    checks,
    figures: { perplexity: perplexityCurves(curves, { references: [{ label: 'unigram', value: 17.41 }] }) },
    samples,
    notes: [
      'A perplexity near 1 on 10,000 characters is memorisation: the model has learnt the text by heart, not English.',
    ],
  };
}
