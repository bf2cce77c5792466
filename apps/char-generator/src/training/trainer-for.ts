import {
  adam,
  adamW,
  BpttTrainer,
  full,
  type Optimizer,
  randomized,
  regular,
  rmsProp,
  sgd,
  type Truncation,
} from '@throughtime/bptt-trainer';
import type { RecurrentLanguageModel, RecurrentModelState, TokenBatch } from '@throughtime/lang-model';
import type { Random } from '@throughtime/random';
import type { TrainSettings } from './train-settings.js';

export function trainerFor(
  model: RecurrentLanguageModel,
  settings: TrainSettings,
  random: Random,
): BpttTrainer<TokenBatch, RecurrentModelState> {
  return new BpttTrainer(model, {
    optimizer: optimizerFor(settings),
    truncation: truncationFor(settings),
    random,
    ...(settings.clip > 0 && { clipNorm: settings.clip }),
  });
}

function optimizerFor({ optimizer, lr }: TrainSettings): Optimizer {
  switch (optimizer) {
    case 'sgd':
      return sgd(lr);
    case 'momentum':
      return sgd(lr, { momentum: 0.9 });
    case 'rmsprop':
      return rmsProp(lr, { alpha: 0.95 });
    case 'adam':
      return adam(lr);
    case 'adamw':
      return adamW(lr);
  }
}

function truncationFor({ truncation, steps }: TrainSettings): Truncation {
  switch (truncation) {
    case 'regular':
      return regular(steps);
    case 'full':
      return full();
    case 'randomized':
      // Pieces of --steps on average.
      return randomized(1 - 1 / Math.max(2, steps));
  }
}
