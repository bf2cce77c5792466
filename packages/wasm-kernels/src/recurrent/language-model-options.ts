import {
  ArgumentError,
  boolean,
  checkOptions,
  list,
  number,
  type OptionChecks,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { type Engine, runningEngine } from '../engine/engine.js';
import { checkLength, floats } from '../ops/checks.js';
import { type Cell, cellName } from './cell.js';
import { checkStateDropout, type Dropout, dropoutChecks } from './dropout.js';
import {
  checkLayerParameters,
  type HiddenSize,
  hiddenSizeCheck,
  type LayerParameters,
  type LayerSize,
  layerParametersChecks,
  layerSizes,
  projectionSizeCheck,
  stateSizeOf,
} from './layer-parameters.js';
import { checkZoneout, type Zoneout, zoneoutChecks } from './zoneout.js';

/** Weights of a recurrent language model, or their gradients, in the engine's memory. */
export interface LanguageModelParameters {
  /** [V, E]. Absent: inputs are one-hot, and the first layer's D is V. May be the same view as `outputWeight` (E = H). */
  readonly embedding?: Float32Array;
  /** Weights of each layer, the first reading the inputs. */
  readonly layers: readonly LayerParameters[];
  /** [V, H] */
  readonly outputWeight: Float32Array;
  /** [V]. Default: none. */
  readonly outputBias?: Float32Array;
}

/** What decides the shapes of a language model's weights. */
export interface LanguageModelSize {
  /** The cell of all layers. */
  readonly cell: Cell;
  /** V */
  readonly vocabularySize: number;
  /** H of each layer; the list says how many layers there are. */
  readonly hiddenSize: HiddenSize;
  /** P, the size of each layer's h where it is projected; of an `lstm`. Default: none. */
  readonly projectionSize?: number | undefined;
  /** E. Needed with an embedding. */
  readonly embeddingSize?: number;
  /** Whether each layer's input is added to its output, from the second layer on; for layers of one size. Default false. */
  readonly residual?: boolean;
  /** Default: none. */
  readonly zoneout?: Zoneout;
}

const parametersCheck = record<LanguageModelParameters>({
  embedding: floats,
  layers: required(list(record(layerParametersChecks), { length: { from: 1 } })),
  outputWeight: required(floats),
  outputBias: floats,
});

/** The checks of the options that compiled models and steppers share. */
export const languageModelChecks: OptionChecks<
  LanguageModelSize & { readonly parameters: LanguageModelParameters }
> = {
  cell: required(cellName),
  vocabularySize: required(whole({ from: 1 })),
  hiddenSize: required(hiddenSizeCheck),
  projectionSize: projectionSizeCheck,
  embeddingSize: whole({ from: 0 }),
  residual: boolean,
  zoneout: record(zoneoutChecks),
  parameters: required(parametersCheck),
};

/**
 * Holds parameters, or gradients, against the size of their model.
 * @param what names the argument in messages
 * @throws ArgumentError when a tensor does not fit, or lies outside the engine's memory
 */
export function checkLanguageModelParameters(
  engine: Engine,
  size: LanguageModelSize,
  parameters: LanguageModelParameters,
  what: string,
): void {
  const { vocabularySize, embeddingSize = 0 } = size;
  checkZoneout(size.cell, size.zoneout ?? {});
  const { embedding, outputWeight, outputBias, layers } = parameters;
  const sizes = languageModelLayers(size, parameters);
  const outputSize = stateSizeOf(sizes[sizes.length - 1]);
  if (embedding) whole({ from: 1 })('embeddingSize', embeddingSize);
  const tensors: [string, Float32Array | undefined, number, string][] = [
    ['embedding', embedding, vocabularySize * embeddingSize, '[V, E]'],
    ['outputWeight', outputWeight, vocabularySize * outputSize, '[V, H]'],
    ['outputBias', outputBias, vocabularySize, '[V]'],
  ];
  for (const [field, view, length, shape] of tensors) {
    if (!view) continue;
    checkLength(`${what}.${field}`, view, length, shape);
    engine.memory.address(view, `${what}.${field}`);
  }
  for (const [i, layer] of layers.entries()) {
    checkLayerParameters(engine, layer, sizes[i], `${what}.layers[${i}]`);
  }
}

/**
 * The sizes of a model's layers, bottom first.
 * @throws ArgumentError when there are not as many hidden sizes as layers, or residual sums are of unequal sizes
 */
export function languageModelLayers(
  { vocabularySize, embeddingSize = 0, residual = false, ...size }: LanguageModelSize,
  { embedding, layers }: LanguageModelParameters,
): LayerSize[] {
  const inputSize = embedding ? embeddingSize : vocabularySize;
  const sizes = layerSizes({ ...size, inputSize }, layers.length);
  if (residual && sizes.some((size) => size.hiddenSize !== sizes[0].hiddenSize))
    throw new ArgumentError('residual', 'false for layers of unequal size', residual);
  return sizes;
}

/** What large and restless outputs of the last layer cost while training (AR and TAR: Merity, McCann and Socher 2017). */
export interface ActivationPenalty {
  /** Times the mean square of the outputs, dropout applied. Default 0. */
  readonly size?: number;
  /** Times the mean square of their change from step to step, without dropout. Default 0. */
  readonly change?: number;
}

const penaltyFactor = number({ from: 0 });

/** A language model's size, the chunks it reads, and where its weights lie. */
export interface CompiledLanguageModelOptions extends LanguageModelSize {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  /** The weights, in the engine's memory: `engine.allocate`. */
  readonly parameters: LanguageModelParameters;
  /** Receives gradients. Absent: `evaluate` only, with less memory. */
  readonly gradients?: LanguageModelParameters;
  /** Applied by `lossAndGradients` only. Default: none. */
  readonly dropout?: Dropout;
  /** Whether training draws which units keep their values by zoneout; else it takes the mean, as evaluation. Default true. */
  readonly zoneoutMasks?: boolean;
  /** Added to the mean loss whose gradient is taken, not to the losses that are returned. Default: none. */
  readonly activationPenalty?: ActivationPenalty;
}

const compiledChecks: OptionChecks<CompiledLanguageModelOptions> = {
  ...languageModelChecks,
  batchSize: required(whole({ from: 1 })),
  steps: required(whole({ from: 1 })),
  gradients: parametersCheck,
  dropout: record(dropoutChecks),
  zoneoutMasks: boolean,
  activationPenalty: record<ActivationPenalty>({ size: penaltyFactor, change: penaltyFactor }),
};

/** @throws ArgumentError when an option cannot be, or tensors do not fit together */
export function checkCompiledLanguageModel(engine: Engine, options: CompiledLanguageModelOptions): void {
  runningEngine('engine', engine);
  checkOptions<CompiledLanguageModelOptions>(options, compiledChecks);
  const { dropout = {}, parameters, gradients } = options;
  checkStateDropout(options.cell, dropout);
  checkLanguageModelParameters(engine, options, parameters, 'parameters');
  if (!gradients) return;
  checkLanguageModelParameters(engine, options, gradients, 'gradients');
  checkLength('gradients.layers', gradients.layers, parameters.layers.length, 'as parameters.layers');
}
