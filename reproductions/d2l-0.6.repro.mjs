// The chapter's scratch RNN in edition 0.6: learning rate 100, gradients clipped to 0.01.
import { perplexityCurves } from '@throughtime/figures';
import { quickLook, trainChapterPreset } from './chapter-protocol.mjs';

export const description = 'The chapter, edition 0.6: scratch RNN, sequential and random sampling';
export const duration = 'about five minutes; name d2l-0.6 or d2l-0.6-random for one alone';

const expected = { 'd2l-0.6': 1.05, 'd2l-0.6-random': 1.42 };
const tolerance = 0.1;

export const choices = Object.keys(expected);

/** @param {{ report(line: string): void, chosen: string[], quick?: boolean }} context */
export async function run({ report, chosen, quick = false }) {
  const wanted = Object.entries(expected).filter(([name]) => chosen.length === 0 || chosen.includes(name));
  const checks = [];
  const curves = [];
  const samples = [];
  if (quick)
    return quickLook(
      wanted.map(([preset]) => preset),
      report,
    );
  for (const [preset, published] of wanted) {
    const { training, curve, sample } = await trainChapterPreset(preset, { report });
    checks.push({
      name: `${preset}: training perplexity`,
      expected: `${published}, within 10%`,
      ours: training.toFixed(3),
      within: Math.abs(training / published - 1) <= tolerance,
    });
    curves.push({ label: preset, points: curve.filter((_, i) => i % 5 === 4) });
    samples.push(`${preset}: ${sample}`);
  }
  return { checks, figures: { perplexity: perplexityCurves(curves) }, samples };
}
