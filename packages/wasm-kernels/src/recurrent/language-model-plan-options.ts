import { ArgumentError } from '@throughtime/errors';
import type { Engine } from '../engine/engine.js';
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

/** @throws ArgumentError when a size is no positive whole number, a rate no probability, or tensors do not fit together */
export function checkLanguageModelPlan(engine: Engine, options: LanguageModelPlanOptions): void {
  const { batchSize, steps, dropout = {}, parameters, gradients } = options;
  checkCount('batchSize', batchSize, 1);
  checkCount('steps', steps, 1);
  checkDropout(dropout);
  if (dropout.input && !parameters.embedding) {
    throw new ArgumentError('dropout.input', '0 without an embedding', dropout.input);
  }
  checkLanguageModelParameters(engine, options, parameters, 'parameters');
  if (!gradients) return;
  checkLanguageModelParameters(engine, options, gradients, 'gradients');
  checkLength('gradients.layers', gradients.layers, parameters.layers.length, 'as parameters.layers');
}
