import { initializerOf, type ModelDropout, RecurrentLanguageModel } from '@throughtime/lang-model';
import type { Random } from '@throughtime/random';
import type { Vocabulary } from '@throughtime/text-preprocess';
import type { TrainSettings } from './train-settings.js';

export function newModel(
  settings: TrainSettings,
  vocabulary: Vocabulary,
  random: Random,
): RecurrentLanguageModel {
  const { cell, hidden, layers, embedding, tied, resetAfter, initializer, activationPenalty } = settings;
  // Gates that start open let gradients through from the first step on (Jozefowicz et al. 2015).
  const forgetBias = settings.forgetBias ?? (settings.preset === undefined ? 1 : undefined);
  const dropout = dropoutOf(settings);
  return new RecurrentLanguageModel({
    vocabulary,
    cell,
    hiddenSize: hidden,
    layers,
    embedding,
    random,
    ...(tied && { tied }),
    ...(resetAfter !== undefined && { resetAfter }),
    ...(dropout && { dropout }),
    ...(activationPenalty && { activationPenalty }),
    ...(initializer && { initializer: initializerOf(initializer) }),
    ...(cell === 'lstm' && forgetBias !== undefined && { forgetBias }),
  });
}

/** One number means what it does in the PTB code; a one-hot input is left whole, for dropping it would drop the token. */
function dropoutOf({ dropout, embedding }: TrainSettings): ModelDropout | undefined {
  if (typeof dropout !== 'number') return dropout;
  if (dropout === 0) return undefined;
  return { ...(embedding !== 'one-hot' && { input: dropout }), between: dropout, output: dropout };
}
