import { ArgumentError, checkOptions, type OptionChecks, record, required, whole } from '@throughtime/errors';
import { type Engine, runningEngine } from '../engine/engine.js';
import { checkLength } from '../ops/checks.js';
import { type Dropout, dropoutChecks } from './dropout.js';
import {
  checkLanguageModelParameters,
  type LanguageModelParameters,
  type LanguageModelSize,
  languageModelChecks,
  parametersCheck,
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

const planChecks: OptionChecks<LanguageModelPlanOptions> = {
  ...languageModelChecks,
  batchSize: required(whole({ from: 1 })),
  steps: required(whole({ from: 1 })),
  gradients: parametersCheck,
  dropout: record(dropoutChecks),
};

/** @throws ArgumentError when an option cannot be, or tensors do not fit together */
export function checkLanguageModelPlan(engine: Engine, options: LanguageModelPlanOptions): void {
  runningEngine('engine', engine);
  checkOptions<LanguageModelPlanOptions>(options, planChecks);
  const { dropout = {}, parameters, gradients } = options;
  if (dropout.input && !parameters.embedding) {
    throw new ArgumentError('dropout.input', '0 without an embedding', dropout.input);
  }
  checkLanguageModelParameters(engine, options, parameters, 'parameters');
  if (!gradients) return;
  checkLanguageModelParameters(engine, options, gradients, 'gradients');
  checkLength('gradients.layers', gradients.layers, parameters.layers.length, 'as parameters.layers');
}
