import {
  ArgumentError,
  checkOptions,
  list,
  type OptionChecks,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { type Engine, runningEngine } from '../engine/engine.js';
import { checkLength, floats } from '../ops/checks.js';
import { type Cell, cellName } from './cell.js';
import { checkStateDropout, type Dropout, dropoutChecks } from './dropout.js';
import { checkLayerParameters, type LayerParameters, layerParametersChecks } from './layer-parameters.js';

/** Weights of a recurrent language model, or their gradients, in the engine's memory. */
export interface LanguageModelParameters {
  /** [V, E]. Absent: inputs are one-hot, and the first layer's D is V. May be the same view as `outputWeight` (E = H). */
  readonly embedding?: Float32Array;
  readonly layers: readonly LayerParameters[];
  /** [V, H] */
  readonly outputWeight: Float32Array;
  /** [V]. Default: none. */
  readonly outputBias?: Float32Array;
}

export interface LanguageModelSize {
  readonly cell: Cell;
  /** V */
  readonly vocabularySize: number;
  /** H */
  readonly hiddenSize: number;
  /** E. Needed with an embedding. */
  readonly embeddingSize?: number;
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
  hiddenSize: required(whole({ from: 1 })),
  embeddingSize: whole({ from: 0 }),
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
  const { cell, vocabularySize, hiddenSize, embeddingSize = 0 } = size;
  const { embedding, outputWeight, outputBias, layers } = parameters;
  if (embedding) whole({ from: 1 })('embeddingSize', embeddingSize);
  const tensors: [string, Float32Array | undefined, number, string][] = [
    ['embedding', embedding, vocabularySize * embeddingSize, '[V, E]'],
    ['outputWeight', outputWeight, vocabularySize * hiddenSize, '[V, H]'],
    ['outputBias', outputBias, vocabularySize, '[V]'],
  ];
  for (const [field, view, length, shape] of tensors) {
    if (!view) continue;
    checkLength(`${what}.${field}`, view, length, shape);
    engine.memory.address(view, `${what}.${field}`);
  }
  for (const [i, layer] of layers.entries()) {
    const inputSize = i > 0 ? hiddenSize : embedding ? embeddingSize : vocabularySize;
    checkLayerParameters(engine, layer, { cell, inputSize, hiddenSize }, `${what}.layers[${i}]`);
  }
}

export interface CompiledLanguageModelOptions extends LanguageModelSize {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  readonly parameters: LanguageModelParameters;
  /** Receives gradients. Absent: `evaluate` only, with less memory. */
  readonly gradients?: LanguageModelParameters;
  readonly dropout?: Dropout;
}

const compiledChecks: OptionChecks<CompiledLanguageModelOptions> = {
  ...languageModelChecks,
  batchSize: required(whole({ from: 1 })),
  steps: required(whole({ from: 1 })),
  gradients: parametersCheck,
  dropout: record(dropoutChecks),
};

/** @throws ArgumentError when an option cannot be, or tensors do not fit together */
export function checkCompiledLanguageModel(engine: Engine, options: CompiledLanguageModelOptions): void {
  runningEngine('engine', engine);
  checkOptions<CompiledLanguageModelOptions>(options, compiledChecks);
  const { dropout = {}, parameters, gradients } = options;
  if (dropout.input && !parameters.embedding) {
    throw new ArgumentError('dropout.input', '0 without an embedding', dropout.input);
  }
  checkStateDropout(options.cell, dropout);
  checkLanguageModelParameters(engine, options, parameters, 'parameters');
  if (!gradients) return;
  checkLanguageModelParameters(engine, options, gradients, 'gradients');
  checkLength('gradients.layers', gradients.layers, parameters.layers.length, 'as parameters.layers');
}
