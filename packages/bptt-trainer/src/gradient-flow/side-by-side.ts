import type { Batches, TrainingBatch } from '../batches/batch-source.js';
import { NonFiniteGradientError, NonFiniteLossError } from '../errors.js';
import type { TrainableModel } from '../trainable-model.js';
import { BpttTrainer } from '../trainer.js';
import type { TrainerOptions } from '../trainer-options.js';

export interface Variant<B extends TrainingBatch, S> {
  readonly label: string;
  /** A new model: equal weights need an equal seed. */
  readonly model: TrainableModel<B, S>;
  readonly options: TrainerOptions<B>;
}

export interface SideBySideOptions<B> {
  /** New batches for each variant, so that all see the same. */
  readonly batches: () => Batches<B>;
  readonly epochs: number;
  readonly signal?: AbortSignal;
}

export interface VariantResult {
  readonly label: string;
  /** Training perplexity of each epoch. */
  readonly perplexities: readonly number[];
  /** Global gradient norm before clipping, of each update. */
  readonly gradientNorms: readonly number[];
  /** Spent training. */
  readonly seconds: number;
  /** The longest stretch of steps whose activations were held at once: what memory grows with. */
  readonly longestWindow: number;
  /** The update at which loss or gradients left the finite numbers, if they did. */
  readonly divergedAt?: number;
}

/**
 * Trains variants of one experiment one after another: truncation strategies, clipping on and off, tanh against ReLU. A
 * variant that diverges ends there and is reported, not thrown.
 */
export async function sideBySide<B extends TrainingBatch, S>(
  variants: readonly Variant<B, S>[],
  options: SideBySideOptions<B>,
): Promise<VariantResult[]> {
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

/** The same model, which notes how many steps each backward pass is given. */
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
