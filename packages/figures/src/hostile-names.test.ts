import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sampleFigures } from './fixtures/sample-figures.js';
import { figureToSvg } from './node.js';
import { figureToPng } from './png.js';

const hostile = '\u0000\u0007\u001b]0;x\u0007\u009b<script>&"\'\ud800\udfff\uffff\ufffe]]>';
/** What XML 1.0 does not allow, and control characters that it allows but a terminal acts on. */
const invalid = /[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function named(name: string) {
  const { perplexity } = sampleFigures;
  return {
    ...perplexity,
    title: name,
    description: name,
    legend: [{ label: name, color: 'red' }],
    plot: { ...perplexity.plot, x: { ...perplexity.plot.x, label: name } },
  };
}

it('stays valid XML whatever the names are', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(hostile)), (name) => {
      const svg = figureToSvg(named(name));
      expect(svg).not.toMatch(invalid);
      expect(svg).not.toContain('<script');
    }),
    { numRuns: 30 },
  );
});

it('is drawn as an image whatever the names are', async () => {
  const png = await figureToPng(named(hostile));
  expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
});
