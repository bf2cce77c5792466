import type { Optimizer } from '@throughtime/bptt-trainer';

/** An update rule by name, with its numbers: those of `UpdateRule.settings`. */
export interface OptimizerSettings {
  /** The name of `UpdateRule`: 'sgd', 'adam', ... */
  readonly rule: string;
  /** Before the schedule's factor. */
  readonly learningRate: number;
  /** The rule's weight decay; 0 for none. */
  readonly weightDecay: number;
  /** Infinity is null, since JSON has none. */
  readonly settings: Readonly<Record<string, number | boolean | null>>;
  /** NT-ASGD's patience. Default: averaging begins when the rule's settings say. */
  readonly averageAfter?: number;
}

/** A schedule by name, with what it was made of. */
export type ScheduleSettings =
  | {
      /** Which schedule of `@throughtime/bptt-trainer` it is. */
      readonly name: 'constant' | 'cosine';
    }
  | {
      readonly name: 'exponential-after';
      /** Epochs at the full rate. */
      readonly after: number;
      /** What each further epoch multiplies the rate by. */
      readonly decay: number;
    }
  | {
      readonly name: 'one-cycle';
      /** Fraction of the run spent rising. */
      readonly rise: number;
      /** The rate starts at 1 / startDivisor of its peak. */
      readonly startDivisor: number;
      /** It ends at 1 / endDivisor of its start. */
      readonly endDivisor: number;
    }
  | {
      readonly name: 'cyclical';
      /** The lowest factor on the learning rate. */
      readonly bottom: number;
      /** Cycles in the whole run. */
      readonly cycles: number;
    }
  | {
      readonly name: 'on-plateau';
      /** What a plateau multiplies the rate by. */
      readonly factor: number;
      /** How many validations in a row may pass without improvement. */
      readonly patience: number;
      /** Improvement means loss < best * (1 - threshold). */
      readonly threshold: number;
    };

/** A truncation by name, with what it was made of. */
export type TruncationSettings =
  | { readonly name: 'full' }
  | {
      readonly name: 'regular';
      /** Steps from one update to the next; for random lengths, those of a usual chunk. */
      readonly steps: number;
    }
  | {
      readonly name: 'randomized';
      /** The probability that the gradient crosses a boundary between steps. */
      readonly keep: number;
    }
  | {
      readonly name: 'random-lengths';
      /** Steps from one update to the next; for random lengths, those of a usual chunk. */
      readonly steps: number;
      /** The fewest steps of a chunk. */
      readonly shortest: number;
      /** The probability that a chunk is drawn around half as many steps. */
      readonly halved: number;
      /** The standard deviation of the length, in steps. */
      readonly deviation: number;
    };

/** `run.json`: everything that decides what a language model's run computes, beside its checkpoint and the ids of its text. */
export interface PytorchRun {
  /** `ResolvedModelConfig` of `@throughtime/lang-model`, as plain data. */
  readonly architecture: object;
  /** `ActivationPenalty`; left out where there is none. */
  readonly activationPenalty?: object | undefined;
  /** How weights follow gradients. */
  readonly optimizer: OptimizerSettings;
  /** Names of the parameters that do not learn. */
  readonly frozen: readonly string[];
  /** Limits of the global norm and of each element. Left out: no limit. */
  readonly clip: { readonly norm?: number; readonly value?: number };
  /** How the learning rate changes over the run. */
  readonly schedule: ScheduleSettings;
  /** How far gradients flow back. */
  readonly truncation: TruncationSettings;
  /** What the gradient is of: `StepOptions.reduction` of `@throughtime/contract`. */
  readonly reduction: 'mean' | 'sum-over-time';
  /** How the training text is cut: rows and steps of a batch. */
  readonly batches: {
    readonly sampling: 'sequential' | 'random' | 'windows' | 'penn-treebank';
    readonly batch: number;
    readonly steps: number;
  };
  /** How the validation text is cut: all windows, the rows of Penn Treebank models, or streams of the whole text. Left out: none. */
  readonly validation?:
    | { readonly layout: 'windows' | 'penn-treebank' | 'streams'; readonly steps: number }
    | undefined;
  /** Windows to one update. */
  readonly accumulate: number;
  /** How many validations in a row may pass without a new best; the best weights are what ends. Left out: off. */
  readonly earlyStopping?: number | undefined;
  /** How many epochs the run lasts. */
  readonly epochs: number;
  /** The seed of PyTorch's own draws, such as dropout. */
  readonly seed: number;
}

const format = 'throughtime-pytorch-run';
const version = 1;

/** The text of `run.json`. */
export function encodeRun(run: PytorchRun): string {
  return `${JSON.stringify({ format, version, ...run }, undefined, 2)}\n`;
}

/** `run.json` of a recurrent forecaster: everything that decides what its training computes, beside its weights and examples. */
export interface PytorchForecaster {
  /** `ResolvedConfig` of `@throughtime/rnn-cells`, as plain data. */
  readonly network: object;
  /** The first step of a sequence that predicts, and the values predicted at such a step. */
  readonly readFrom: number;
  /** How many values such a step predicts. */
  readonly values: number;
  /** What the outputs mean; a quantile head with its levels. */
  readonly head: object;
  /** What `inputs.float32` [count, steps, width] and `targets.float32` [count, predictions] hold; the last `held` validate. */
  readonly examples: {
    readonly count: number;
    readonly held: number;
    readonly steps: number;
    readonly width: number;
    readonly predictions: number;
  };
  /** What the weights' names begin with in model.safetensors. */
  readonly prefix: string;
  /** How weights follow gradients. */
  readonly optimizer: OptimizerSettings;
  /** Limits of the gradient, as in {@link PytorchRun.clip}. */
  readonly clip: PytorchRun['clip'];
  /** N: examples per update. */
  readonly batch: number;
  /** How many epochs training may last. */
  readonly epochs: number;
  /** Epochs without a better validation before training ends. */
  readonly patience: number;
  /** The state of the source that the order of examples is drawn from. */
  readonly random: readonly number[];
}

/** The text of a forecaster's `run.json`. */
export function encodeForecasterRun(run: PytorchForecaster): string {
  return `${JSON.stringify({ format: 'throughtime-pytorch-forecaster', version, ...run }, undefined, 2)}\n`;
}

/**
 * An optimizer as plain data.
 *
 * @example
 * ```ts
 * import { adam } from '@throughtime/bptt-trainer';
 * import { optimizerSettings } from '@throughtime/pytorch-run';
 * console.log(optimizerSettings(adam(0.002)).rule); // adam
 * ```
 */
export function optimizerSettings({
  rule,
  learningRate,
  weightDecay,
  averageAfter,
}: Optimizer): OptimizerSettings {
  const settings = Object.fromEntries(
    Object.entries(rule.settings).map(([name, value]) => [
      name,
      value === Number.POSITIVE_INFINITY ? null : value,
    ]),
  ) as OptimizerSettings['settings'];
  return {
    rule: rule.name,
    learningRate,
    weightDecay,
    settings,
    ...(averageAfter !== undefined && { averageAfter }),
  };
}
