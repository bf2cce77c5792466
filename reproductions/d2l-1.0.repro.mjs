// The chapter's language models in edition 1.0: small networks on windows of 32 characters, with validation, beside an n-gram.
import { perplexityCurves } from '@throughtime/figures';
import { trainChapterPreset } from './chapter-protocol.mjs';

export const description =
  'The chapter, edition 1.0: RNN, LSTM, GRU and a two-layer RNN on windows, training and validation';
export const duration =
  'about three minutes; name some of d2l-1.0, d2l-1.0-concise, d2l-1.0-lstm, d2l-1.0-gru, d2l-1.0-deep-rnn for those alone';

/** Training and validation. */
const expected = {
  'd2l-1.0': [6.2, 7.3],
  'd2l-1.0-concise': [5.9, 7.2],
  'd2l-1.0-lstm': [6.9, 7.45],
  'd2l-1.0-gru': [5.7, 6.75],
  'd2l-1.0-deep-rnn': [5.24, 6.9],
};
const tolerance = 0.05;

export const choices = Object.keys(expected);

/** @param {{ report(line: string): void, chosen: string[] }} context */
export async function run({ report, chosen }) {
  const wanted = Object.entries(expected).filter(([name]) => chosen.length === 0 || chosen.includes(name));
  const checks = [];
  const curves = [];
  const samples = [];
  for (const [preset, published] of wanted) {
    const outcome = await trainChapterPreset(preset, { report });
    for (const [i, part] of /** @type {const} */ (['training', 'validation']).entries()) {
      const ours = outcome[part] ?? Number.NaN;
      checks.push({
        name: `${preset}: ${part} perplexity`,
        expected: `${published[i]}, within 5%`,
        ours: ours.toFixed(2),
        within: Math.abs(ours / published[i] - 1) <= tolerance,
      });
    }
    curves.push({ label: preset, points: outcome.curve });
    samples.push(`${preset}: ${outcome.sample}`);
  }
  const notes = [
    'A tuned trigram reaches 6.6 to 7.4 on the same validation split: these RNNs do not beat it.',
  ];
  return {
    checks,
    figures: { perplexity: perplexityCurves(curves, { references: [{ label: 'trigram', value: 7 }] }) },
    samples,
    notes,
  };
}
