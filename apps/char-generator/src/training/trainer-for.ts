import {
  adam,
  adamW,
  BpttTrainer,
  constant,
  cosine,
  exponentialAfter,
  frozenSecondBiases,
  full,
  nonMonotonicAveragedSgd,
  type Optimizer,
  oneCycle,
  onPlateau,
  randomized,
  randomLengths,
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

function optimizerFor(settings: TrainSettings): Optimizer {
  const { optimizer, lr, weightDecay = 0, biases, cell, resetAfter = true } = settings;
  // With the reset after the product, a GRU's second bias is no duplicate of the first.
  const duplicate = cell !== 'gru' || !resetAfter;
  const groups = biases === 1 && duplicate ? [frozenSecondBiases] : [];
  switch (optimizer) {
    case 'sgd':
      return sgd(lr, { weightDecay, groups });
    case 'momentum':
      return sgd(lr, { momentum: 0.9, weightDecay, groups });
    case 'rmsprop':
      return rmsProp(lr, { alpha: 0.95, weightDecay, groups });
    case 'adam':
      return adam(lr, { weightDecay, groups });
    case 'adamw':
      // 0.01, PyTorch's default, unless a protocol says otherwise.
      return adamW(lr, { ...(weightDecay > 0 && { weightDecay }), groups });
    case 'nt-asgd':
      return nonMonotonicAveragedSgd(lr, { weightDecay, groups });
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
    case 'random-lengths':
      return randomLengths({ steps, shortest: Math.min(5, steps) });
  }
}
