import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isKept } from './run-training.js';

it('keeps the sample of every pass of a short run, and of a long one as many as someone steps through', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (epochs) => {
      const passes = Array.from({ length: epochs }, (_, i) => i + 1);
      const kept = passes.filter((epoch) => isKept(epoch, epochs));
      if (epochs <= 40) expect(kept).toEqual(passes);
      expect(kept.length).toBeLessThanOrEqual(42);
      expect(kept[0]).toBe(1);
      expect(kept.at(-1)).toBe(epochs);
      // Denser where language grows.
      const early = kept.filter((epoch) => epoch <= epochs / 2).length;
      expect(early).toBeGreaterThanOrEqual(Math.floor(kept.length / 2));
    }),
  );
});
