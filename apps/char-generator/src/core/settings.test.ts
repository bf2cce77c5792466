import { describe, expect, it } from 'vitest';
import { presetRecipe } from './presets.js';
import { commandRecipe, completeSettings, fewestTokens, pageRecipe } from './settings.js';

describe('completeSettings', () => {
  it('gives Adam one cycle up to a higher rate, and plain descent its constant one', () => {
    expect(completeSettings({})).toMatchObject({ optimizer: 'adam', schedule: 'one-cycle', lr: 0.01 });
    expect(completeSettings({ schedule: 'constant' })).toMatchObject({ schedule: 'constant', lr: 0.004 });
    expect(completeSettings({ optimizer: 'sgd' })).toMatchObject({ schedule: 'constant', lr: 1 });
    expect(completeSettings({ optimizer: 'sgd', schedule: 'cosine' })).toMatchObject({
      schedule: 'cosine',
      lr: 1,
    });
    expect(completeSettings({ lr: 0.5 })).toMatchObject({ schedule: 'one-cycle', lr: 0.5 });
  });

  it('follows a protocol in everything but what is given beside it', () => {
    const protocol = presetRecipe('ptb-small');
    expect(completeSettings({}, protocol)).toMatchObject({ ...protocol, schedule: 'constant' });
    expect(protocol.decay).toBeDefined();
    expect(completeSettings({}, presetRecipe('awd-lstm'))).toMatchObject({
      truncation: 'random-lengths',
      activationPenalty: { size: 2, change: 1 },
    });
    expect(presetRecipe('d2l-0.17').biases).toBe(1);
    const own = completeSettings({ schedule: 'cosine', epochs: 3 }, protocol);
    expect(own).toMatchObject({ schedule: 'cosine', epochs: 3, lr: protocol.lr });
    expect(own.decay).toBeUndefined();
  });

  it('keeps no rate and no gates of a protocol for another rule or cell', () => {
    const awd = completeSettings({ optimizer: 'adam' }, presetRecipe('awd-lstm'));
    expect(awd).toMatchObject({ optimizer: 'adam', schedule: 'one-cycle', lr: 0.01 });
    const same = completeSettings({ optimizer: 'sgd' }, presetRecipe('d2l-0.17-gru'));
    expect(same).toEqual(completeSettings({}, presetRecipe('d2l-0.17-gru')));
    const gru = presetRecipe('d2l-1.0-gru');
    expect(completeSettings({}, gru).resetAfter).toBe(false);
    expect(completeSettings({ cell: 'lstm' }, gru).resetAfter).toBeUndefined();
  });

  it('makes the page a smaller network of the same kind, on the same text', () => {
    const { hiddenSize, dropout, batch, steps, epochs, lr, ...page } = completeSettings({}, pageRecipe);
    const command = completeSettings({});
    expect({ ...command, hiddenSize, dropout, batch, steps, epochs, lr }).toEqual({
      ...page,
      ...{ hiddenSize, dropout, batch, steps, epochs, lr },
    });
    expect(hiddenSize).toBeLessThan(commandRecipe.hiddenSize as number);
  });
});

describe('fewestTokens', () => {
  it('leaves one batch after the part for validation is taken', () => {
    const settings = completeSettings({ batch: 32, steps: 35, validation: 0.1 });
    const tokens = fewestTokens(settings);
    const training = (length: number) => length - Math.floor(length * 0.1);
    expect(training(tokens)).toBeGreaterThanOrEqual(32 * 35 + 1);
    expect(training(tokens - 2)).toBeLessThan(32 * 35 + 1);
  });
});
