import type { Parameter, TokenBatch } from '@throughtime/contract';
import { onDemand } from '@throughtime/rnn-cells';
import type {
  Executor,
  LanguageStepOptions,
  LanguageStepResult,
  RecurrentModelState,
  SequenceScores,
} from './executor.js';
import type { ResolvedModelConfig } from './model-config.js';

/** What `@throughtime/lang-model/tfjs` provides for models on the reference path. */
export const referenceModel = onDemand<typeof import('./reference-model.js')>({
  entry: '@throughtime/lang-model/tfjs',
  path: '../tfjs.js',
  load: (path) => import(/* @vite-ignore */ /* webpackIgnore: true */ path),
});

/** Runs a model in plain tfjs operations, which are loaded when they are first needed. */
export class ReferenceExecutor implements Executor {
  readonly parameters: readonly Parameter[];
  readonly #model: ResolvedModelConfig;

  constructor(model: ResolvedModelConfig, parameters: readonly Parameter[]) {
    this.#model = model;
    this.parameters = parameters;
  }

  async lossAndGradients(
    batch: TokenBatch,
    state: RecurrentModelState,
    options: LanguageStepOptions,
  ): Promise<LanguageStepResult> {
    const { lossAndGradients } = await referenceModel.load();
    return lossAndGradients(this.#model, this.parameters, batch, state, options);
  }

  async score(batch: TokenBatch, state: RecurrentModelState): Promise<SequenceScores> {
    const { score } = await referenceModel.load();
    return score(this.#model, this.parameters, batch, state);
  }

  async advance(tokens: Int32Array, state: RecurrentModelState): Promise<RecurrentModelState> {
    const { advance } = await referenceModel.load();
    return advance(this.#model, this.parameters, tokens, state);
  }

  async logProbabilities(output: Float32Array): Promise<Float32Array> {
    const { logProbabilities } = await referenceModel.load();
    return logProbabilities(this.#model, this.parameters, output);
  }
}
