import {
  type Batches,
  BpttTrainer,
  NonFiniteGradientError,
  NonFiniteLossError,
  type TrainerOptions,
} from '@throughtime/bptt-trainer';
import type { TrainableModel, TrainingBatch } from '@throughtime/contract';
import {
  anything,
  callback,
  checkOptions,
  list,
  type OptionChecks,
  record,
  required,
  text,
  whole,
  withMethods,
} from '@throughtime/errors';

/** One of the runs that are compared. */
export interface Variant<B extends TrainingBatch, S> {
  /** What it is called in the results. */
  readonly label: string;
  /** A new model. For equal weights, make each from an equal seed. */
  readonly model: TrainableModel<B, S>;
  /** The settings of this variant's trainer. */
  readonly options: TrainerOptions<B>;
}

/** What all variants have in common. */
export interface SideBySideOptions<B> {
  /** Makes new batches for each variant, so that all see the same ones. */
  readonly batches: () => Batches<B>;
  /** How many epochs each variant trains. */
  readonly epochs: number;
  /** Stops after the update in progress. Default: nothing stops it. */
  readonly signal?: AbortSignal;
}

// The trainer checks `options` and `signal`.
const variantChecks: OptionChecks<Variant<never, never>> = {
  label: required(text),
  model: required(
    withMethods<TrainableModel<never, never>>('a model that can be trained', [
      'initialState',
      'lossAndGradients',
      'evaluate',
    ]),
  ),
  options: required(anything),
};
const sideBySideChecks: OptionChecks<SideBySideOptions<never>> = {
  batches: required(callback),
  epochs: required(whole({ from: 0 })),
  signal: anything,
};

/** How a variant's training went. */
export interface VariantResult {
  /** The variant's label. */
  readonly label: string;
  /** Training perplexity of each epoch. */
  readonly perplexities: readonly number[];
  /** Global gradient norm before clipping, of each update. */
  readonly gradientNorms: readonly number[];
  /** Time spent training. */
  readonly seconds: number;
  /** The most steps whose activations were held at once: memory grows with it. */
  readonly longestWindow: number;
  /** The update at which the loss or the gradients stopped being finite; left out where they stayed finite. */
  readonly divergedAt?: number;
}

/**
 * Trains the variants of one experiment one after another: truncation strategies, clipping on and off, tanh against ReLU. A
 * variant that diverges ends there and is reported in its result; it does not throw.
 * @throws ArgumentError
 */
export async function sideBySide<B extends TrainingBatch, S>(
  variants: readonly Variant<B, S>[],
  options: SideBySideOptions<B>,
): Promise<VariantResult[]> {
  list(record(variantChecks))('variants', variants);
  checkOptions<SideBySideOptions<B>>(options, sideBySideChecks);
  const results: VariantResult[] = [];
  for (const variant of variants) results.push(await trainVariant(variant, options));
  return results;
}

async function trainVariant<B extends TrainingBatch, S>(
  { label, model, options }: Variant<B, S>,
  { batches, epochs, signal }: SideBySideOptions<B>,
): Promise<VariantResult> {
  const perplexities: number[] = [];
  const gradientNorms: number[] = [];
  const windows = watchWindows(model);
  let seconds = 0;
  const result = () => ({ label, perplexities, gradientNorms, seconds, longestWindow: windows.longest });
  try {
    const trainer = new BpttTrainer(windows.model, options);
    for await (const event of trainer.fit(batches(), { epochs, ...(signal && { signal }) })) {
      if (event.type === 'step') gradientNorms.push(event.gradientNorm);
      if (event.type !== 'epoch') continue;
      perplexities.push(event.perplexity);
      seconds += event.seconds;
    }
    return result();
  } catch (error) {
    if (error instanceof NonFiniteLossError || error instanceof NonFiniteGradientError) {
      return { ...result(), divergedAt: error.step };
    }
    throw error;
  }
}

/** The same model, which also notes how many steps each backward pass covers. */
function watchWindows<B extends TrainingBatch, S>(model: TrainableModel<B, S>) {
  const windows = { longest: 0, model };
  const watched: TrainableModel<B, S> = {
    parameters: model.parameters,
    ...(model.capabilities && { capabilities: model.capabilities }),
    ...(model.optimizerBackend && { optimizerBackend: model.optimizerBackend }),
    initialState: (batchSize) => model.initialState(batchSize),
    lossAndGradients(batch, state, options) {
      windows.longest = Math.max(windows.longest, batch.steps);
      return model.lossAndGradients(batch, state, options);
    },
    evaluate: (batch, state) => model.evaluate(batch, state),
    weightsChanged: () => model.weightsChanged?.(),
  };
  windows.model = watched;
  return windows;
}
