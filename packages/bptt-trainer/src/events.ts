/** How well the model predicts. */
export interface Fit {
  /** Mean over the predictions, in nats for language models. */
  readonly loss: number;
  /** exp(loss) */
  readonly perplexity: number;
  /** loss / ln 2 */
  readonly bitsPerToken: number;
  /** How many predictions the mean is over. */
  readonly predictions: number;
}

interface Place {
  /** Updates done. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
}

interface Pace {
  /** Predictions per second in this epoch so far, without the time in which the consumer of the events worked. */
  readonly tokensPerSecond: number;
  /** Seconds until all epochs are done, at the pace so far. */
  readonly timeLeft: number;
}

/** After every update of the weights. */
export interface StepEvent extends Place, Fit, Pace {
  readonly type: 'step';
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm: number;
  /** After clipping. */
  readonly clippedNorm: number;
  /** Of this update, with the schedule's factor. */
  readonly learningRate: number;
}

/** After every epoch; its numbers are means over the epoch. */
export interface EpochEvent extends Place, Fit, Pace {
  readonly type: 'epoch';
  /** The rate of the epoch's last update, the schedule's factor applied. */
  readonly learningRate: number;
  /** Time spent training in this epoch. */
  readonly seconds: number;
  /** Where `fit` was given validation batches. */
  readonly validation?: Fit;
  /** Whether this validation is the best so far. */
  readonly best?: boolean;
}

/** After a checkpoint was saved. */
export interface CheckpointEvent extends Place {
  readonly type: 'checkpoint';
  /** Where, as the store says it: a path, for example. */
  readonly location: string;
}

/** Why training ended. */
export type EndReason = 'finished' | 'aborted' | 'early-stop' | 'time-limit';

/** The last event. */
export interface EndEvent extends Place {
  readonly type: 'end';
  /** Why it ended. */
  readonly reason: EndReason;
  /** The best validation, where there was one. */
  readonly best?: { readonly epoch: number; readonly loss: number };
}

/** What `fit` reports, told apart by `type`. */
export type TrainingEvent = StepEvent | EpochEvent | CheckpointEvent | EndEvent;

export type TrainingEvents = AsyncGenerator<TrainingEvent, void, undefined>;
