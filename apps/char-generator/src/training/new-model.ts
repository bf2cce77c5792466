import { RecurrentLanguageModel } from '@throughtime/lang-model';
import type { Random } from '@throughtime/random';
import type { Vocabulary } from '@throughtime/text-preprocess';
import type { TrainSettings } from './train-settings.js';

export function newModel(
  settings: TrainSettings,
  vocabulary: Vocabulary,
  random: Random,
): RecurrentLanguageModel {
  const { cell, hidden, layers, embedding, tied, dropout } = settings;
  return new RecurrentLanguageModel({
    vocabulary,
    cell,
    units: hidden,
    layers,
    embedding,
    random,
    ...(tied && { tied }),
    // As in the PTB code; a one-hot input is left whole, for dropping it would drop the token.
    ...(dropout > 0 && {
      dropout: { ...(embedding !== 'one-hot' && { input: dropout }), between: dropout, output: dropout },
    }),
    // Gates that start open let gradients through from the first step on (Jozefowicz et al. 2015).
    ...(cell === 'lstm' && { forgetBias: 1 }),
  });
}
