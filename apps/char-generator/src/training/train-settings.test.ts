import { describe, expect, it } from 'vitest';
import { presetSettings } from './preset-settings.js';
import { completeSettings } from './train-settings.js';

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
    const protocol = presetSettings('ptb-small');
    expect(completeSettings({}, protocol)).toMatchObject({ ...protocol, schedule: 'constant' });
    expect(protocol.decay).toBeDefined();
    expect(completeSettings({}, presetSettings('awd-lstm'))).toMatchObject({
      truncation: 'random-lengths',
      activationPenalty: { size: 2, change: 1 },
    });
    expect(presetSettings('d2l-0.17').biases).toBe(1);
    const own = completeSettings({ schedule: 'cosine', epochs: 3 }, protocol);
    expect(own).toMatchObject({ schedule: 'cosine', epochs: 3, lr: protocol.lr });
    expect(own.decay).toBeUndefined();
  });
});
