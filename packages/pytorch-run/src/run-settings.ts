import type { Optimizer } from '@throughtime/bptt-trainer';

/** An update rule by name, with its numbers: those of `UpdateRule.settings`. */
export interface OptimizerSettings {
  readonly rule: string;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Infinity is null, since JSON has none. */
  readonly settings: Readonly<Record<string, number | boolean | null>>;
  /** NT-ASGD's patience. Default: averaging begins when the rule's settings say. */
  readonly averageAfter?: number;
}

/** A schedule by name, with what it was made of. */
export type ScheduleSettings =
  | { readonly name: 'constant' | 'cosine' }
  | { readonly name: 'exponential-after'; readonly after: number; readonly decay: number }
  | {
      readonly name: 'one-cycle';
      readonly rise: number;
      readonly startDivisor: number;
      readonly endDivisor: number;
    }
  | {
      readonly name: 'on-plateau';
      readonly factor: number;
      readonly patience: number;
      readonly threshold: number;
    };

/** A truncation by name, with what it was made of. */
export type TruncationSettings =
  | { readonly name: 'full' }
  | { readonly name: 'regular'; readonly steps: number }
  | { readonly name: 'randomized'; readonly keep: number }
  | {
      readonly name: 'random-lengths';
      readonly steps: number;
      readonly shortest: number;
      readonly halved: number;
      readonly deviation: number;
    };

/** `run.json`: everything that decides what a language model's run computes, beside its checkpoint and the ids of its text. */
export interface PytorchRun {
  /** `ResolvedModelConfig` of `@throughtime/lang-model`, as plain data. */
  readonly architecture: object;
  /** `ActivationPenalty`; left out where there is none. */
  readonly activationPenalty?: object | undefined;
  readonly optimizer: OptimizerSettings;
  /** Names of the parameters that do not learn. */
  readonly frozen: readonly string[];
  /** Limits of the global norm and of each element. Left out: no limit. */
  readonly clip: { readonly norm?: number; readonly value?: number };
  readonly schedule: ScheduleSettings;
  readonly truncation: TruncationSettings;
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
  readonly epochs: number;
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
  readonly optimizer: OptimizerSettings;
  readonly clip: PytorchRun['clip'];
  readonly batch: number;
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

/** An optimizer as plain data. */
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
