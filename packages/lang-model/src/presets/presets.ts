import { oneOf } from '@throughtime/errors';
import { d2lPresets } from './d2l.js';
import { otherPresets } from './other-presets.js';
import { pennTreebankPresets } from './penn-treebank.js';
import type { Preset } from './preset.js';

const presets = { ...d2lPresets, ...pennTreebankPresets, ...otherPresets };

/** The name of a published protocol. */
export type PresetName = keyof typeof presets;

/** Every preset there is. */
export const presetNames = Object.keys(presets) as readonly PresetName[];

/**
 * A published protocol by name.
 * @example
 * const { model, initializer, training } = preset('ptb-small');
 * new RecurrentLanguageModel({ vocabulary, ...model, initializer: initializerOf(initializer), random });
 * @throws ArgumentError, whose message lists the names there are
 */
export function preset(name: PresetName | (string & {})): Preset {
  return presets[oneOf(presetNames)('preset', name)];
}
