import {
  adam,
  adamW,
  BpttTrainer,
  constant,
  cosine,
  exponentialAfter,
  full,
  nonMonotonicAveragedSgd,
  type Optimizer,
  oneCycle,
  onPlateau,
  randomized,
  regular,
  rmsProp,
  type Schedule,
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
    schedule: scheduleFor(settings),
    reduction: settings.reduction ?? 'mean',
    ...(settings.clip > 0 && { clipNorm: settings.clip }),
    ...(settings.clipValue !== undefined && { clipValue: settings.clipValue }),
  });
}

function optimizerFor({ optimizer, lr, weightDecay = 0 }: TrainSettings): Optimizer {
  switch (optimizer) {
    case 'sgd':
      return sgd(lr, { weightDecay });
    case 'momentum':
      return sgd(lr, { momentum: 0.9, weightDecay });
    case 'rmsprop':
      return rmsProp(lr, { alpha: 0.95, weightDecay });
    case 'adam':
      return adam(lr, { weightDecay });
    case 'adamw':
      // 0.01, PyTorch's default, unless a protocol says otherwise.
      return adamW(lr, weightDecay > 0 ? { weightDecay } : {});
    case 'nt-asgd':
      return nonMonotonicAveragedSgd(lr, { weightDecay });
  }
}

function scheduleFor({ schedule, decay }: TrainSettings): Schedule {
  if (decay) return exponentialAfter(decay.after, decay.factor);
  switch (schedule) {
    case 'constant':
      return constant();
    case 'cosine':
      return cosine();
    case 'one-cycle':
      return oneCycle();
    case 'on-plateau':
      // A run has tens of epochs, not the hundreds that PyTorch's patience of ten is meant for.
      return onPlateau({ factor: 0.5, patience: 0 });
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
