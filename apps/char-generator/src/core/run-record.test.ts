import { isUserError } from '@throughtime/errors';
import { describe, expect, it } from 'vitest';
import { presetRecipe } from './presets.js';
import { decodeRecord, encodeRecord, RunRecordError } from './run-record.js';
import { completeSettings, pageRecipe } from './settings.js';

/** As releases before wrote it. */
const version1 = {
  format: 'throughtime-training',
  version: 1,
  settings: {
    ...{ corpus: 'moby-dick', tokens: 'char', clean: 'none', minFrequency: 1, cell: 'gru', hidden: 8 },
    ...{ layers: 1, tied: false, dropout: 0.35, batch: 8, steps: 16, sampling: 'sequential' },
    ...{ truncation: 'regular', optimizer: 'adam', clip: 1, epochs: 2, validation: 0.1, seed: 1 },
    ...{ maxTokens: 1500, embedding: 'one-hot', schedule: 'one-cycle', lr: 0.01 },
  },
  corpusHash: '642e37bc3926ce29088adb6383bd757093af9486b6331aabd73d33aa73374c79',
};

describe('the record of a run', () => {
  it.each([
    ['of the command', completeSettings({})],
    ['of the page', completeSettings({ hiddenSize: 32, corpus: 'own' }, pageRecipe)],
    ['of layers of their own sizes', completeSettings({ hiddenSize: [8, 6] })],
    ['of a protocol', completeSettings({}, presetRecipe('ptb-small'))],
    ['of awd-lstm', completeSettings({}, presetRecipe('awd-lstm'))],
    ['of the chapter', completeSettings({}, presetRecipe('d2l-1.0-gru'))],
  ])('%s is read back', (_, settings) => {
    const run = { settings, corpusHash: 'ab', epochs: 30 };
    expect(decodeRecord(encodeRecord(run), 'training.json')).toEqual(run);
  });

  it('is read in version 1', () => {
    const { hidden, ...settings } = version1.settings;
    expect(decodeRecord(JSON.stringify(version1), 'training.json')).toEqual({
      settings: { ...settings, hiddenSize: hidden },
      corpusHash: version1.corpusHash,
    });
  });

  it('is read in version 1 of the page', () => {
    const page = { format: 'throughtime-page-run', version: 1, settings: version1.settings, epochs: 60 };
    expect(decodeRecord(JSON.stringify(page), 'run.json')).toMatchObject({
      settings: { hiddenSize: 8, lr: 0.01 },
      epochs: 60,
    });
  });

  it.each<[string, unknown, string]>([
    ['half of one', '{"format": "throughtime-tra', 'training.json: expected JSON'],
    [
      'another file',
      { format: 'throughtime-language-model', version: 1 },
      "training.json: format: expected 'throughtime-training', got 'throughtime-language-model'",
    ],
    ['null', null, 'training.json: expected an object, got null'],
    [
      'one of a later release',
      { ...version1, version: 3 },
      'training.json: version: expected at most 2, got 3 (a newer release of throughtime wrote it;',
    ],
    [
      'one without settings',
      { ...version1, settings: undefined },
      'training.json: settings: expected an object',
    ],
    [
      'a size that is none',
      { ...version1, settings: { ...version1.settings, hidden: -3 } },
      'training.json: settings.hiddenSize: expected a whole number of at least 1',
    ],
    [
      'a name that is not known',
      { ...version1, settings: { ...version1.settings, epocs: 3 } },
      "training.json: settings.epocs: expected the name of an option, got one that is not known (did you mean 'epochs'?)",
    ],
  ])('refuses %s', (_, json, message) => {
    const text = typeof json === 'string' ? json : JSON.stringify(json);
    const decode = () => decodeRecord(text, 'training.json');
    expect(decode).toThrow(RunRecordError);
    expect(decode).toThrow(message);
    expect(isUserError(new RunRecordError(''))).toBe(true);
  });
});
