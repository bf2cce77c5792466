import type { Engine } from '../engine/engine.js';
import { KernelArgumentError } from '../engine/errors.js';
import { checkCount, checkLength } from '../ops/checks.js';
import { checkDropout, type Dropout } from './dropout.js';
import {
  checkLanguageModelParameters,
  type LanguageModelParameters,
  type LanguageModelSize,
} from './language-model-parameters.js';

export interface LanguageModelPlanOptions extends LanguageModelSize {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  readonly parameters: LanguageModelParameters;
  /** Receives gradients. Absent: `evaluate` only, with less memory. */
  readonly gradients?: LanguageModelParameters;
  readonly dropout?: Dropout;
}

/** @throws KernelArgumentError when a size is no positive whole number, a rate no probability, or tensors do not fit together */
export function checkLanguageModelPlan(engine: Engine, options: LanguageModelPlanOptions): void {
  const { batchSize, steps, dropout = {}, parameters, gradients } = options;
  checkCount('batchSize', batchSize, 1);
  checkCount('steps', steps, 1);
  checkDropout(dropout);
  if (dropout.inputs && !parameters.embedding) {
    throw new KernelArgumentError('dropout.inputs', '0 without an embedding', dropout.inputs);
  }
  checkLanguageModelParameters(engine, options, parameters, 'parameters');
  if (!gradients) return;
  checkLanguageModelParameters(engine, options, gradients, 'gradients');
  checkLength('gradients.layers', gradients.layers, parameters.layers.length, 'as parameters.layers');
}
