import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betterForShortText, planOf, settingsForText, type TextSize } from './fitted-settings.js';
import { completeSettings, fewestTokens, pageRecipe } from './settings.js';

const size = (tokens: number, distinct = 80): TextSize => ({ tokens, distinct, kind: 'char' });

describe('settingsForText', () => {
  it("is the page's recipe for Moby-Dick", () => {
    const { hiddenSize, dropout, batch, steps, epochs, lr } = pageRecipe;
    expect(settingsForText(size(182_273, 79))).toEqual({ hiddenSize, dropout, batch, steps, epochs, lr });
  });

  it('fits any text of 2,000 to 1,000,000 tokens: dozens of updates in a pass, hundreds in the run', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2000, max: 1e6 }),
        fc.integer({ min: 2, max: 3000 }),
        (tokens, distinct) => {
          const settings = completeSettings(settingsForText(size(tokens, distinct)), pageRecipe);
          expect(fewestTokens(settings)).toBeLessThanOrEqual(tokens);
          const { updates } = planOf(settings, size(tokens, distinct), 2)!;
          expect(updates / settings.epochs).toBeGreaterThanOrEqual(20);
          expect(updates).toBeGreaterThanOrEqual(distinct < 200 ? 500 : 20);
        },
      ),
    );
  });

  it('stays within the time that it is given, with a smaller network for a short time', () => {
    for (const tokens of [5_000, 50_000, 200_000, 1e6]) {
      for (const seconds of [20, 60, 120]) {
        const settings = completeSettings(settingsForText(size(tokens), { seconds }), pageRecipe);
        // One pass is the least there is, and counts are rounded.
        if (settings.epochs > 1)
          expect(planOf(settings, size(tokens), 2)!.seconds).toBeLessThan(1.3 * seconds);
      }
    }
    expect(settingsForText(size(200_000), { seconds: 20 }).hiddenSize).toBeLessThan(256);
  });

  it('ends early where a text may be learned by heart', () => {
    expect(settingsForText(size(5_000)).earlyStopping).toBeDefined();
    expect(settingsForText(size(500_000)).earlyStopping).toBeUndefined();
  });
});

describe('betterForShortText', () => {
  it('is for short texts and the defaults of the command', () => {
    const defaults = completeSettings({});
    expect(betterForShortText(defaults, size(20_000))).toEqual(settingsForText(size(20_000)));
    expect(betterForShortText(defaults, size(200_000))).toBeUndefined();
    expect(betterForShortText({ ...defaults, epochs: 3 }, size(20_000))).toBeUndefined();
    expect(betterForShortText({ ...defaults, preset: 'd2l-1.0-gru' }, size(20_000))).toBeUndefined();
  });
});

describe('planOf', () => {
  it('counts updates, and takes half the time on twice the cores', () => {
    const settings = completeSettings({ batch: 10, steps: 20, epochs: 3, hiddenSize: 64 });
    const one = planOf(settings, size(10_000), 1)!;
    // 9,000 tokens to learn from, 200 in an update: 44 whole ones in a pass.
    expect(one.updates).toBe(3 * 44);
    expect(planOf(settings, size(10_000), 2)!.seconds).toBeCloseTo(one.seconds / 2);
    const deep = planOf({ ...settings, layers: 2 }, size(10_000), 1)!;
    expect(deep.seconds).toBeGreaterThan(1.5 * one.seconds);
  });

  it('has no plan for a text that does not fill a batch', () => {
    const settings = completeSettings({ batch: 10, steps: 20 });
    expect(planOf(settings, size(100), 1)).toBeUndefined();
  });
});
