import type { Parameter, TokenBatch } from '@throughtime/contract';
import { type Engine, LanguageModelPlan, LanguageModelStepper } from '@throughtime/wasm-kernels';
import { countedPredictions } from './counted-predictions.js';
import type {
  Executor,
  LanguageStepOptions,
  LanguageStepResult,
  RecurrentModelState,
  SequenceScores,
} from './executor.js';
import { engineParameters, type FusedPlan } from './fused-plan.js';
import type { ModelPlan } from './model-config.js';
import { ReferenceExecutor } from './reference-executor.js';

/** How many batch shapes keep their buffers cached. */
const keptShapes = 4;

/** What buffers are allocated for: N rows of T steps, for evaluation alone where there are no gradients. */
interface Shape {
  readonly N: number;
  readonly T: number;
  readonly gradients: boolean;
  readonly drops: boolean;
}

/** What lies in the engine's memory for one executor. */
interface Buffers {
  /** By shape; the one used last is at the end. */
  readonly plans: Map<string, Shape & { readonly plan: LanguageModelPlan }>;
  stepper: LanguageModelStepper | undefined;
}

/** Frees the memory of executors that were collected as garbage. */
const abandoned = new FinalizationRegistry<Buffers>(({ plans, stepper }) => {
  for (const { plan } of plans.values()) plan.free();
  stepper?.free();
});

/** Runs a model in the engine of `@throughtime/wasm-kernels`, in whose memory its parameters lie. */
export class FusedExecutor implements Executor {
  readonly parameters: readonly Parameter[];
  readonly #engine: Engine;
  readonly #plan: ModelPlan;
  readonly #fused: FusedPlan;
  readonly #buffers: Buffers = { plans: new Map(), stepper: undefined };
  #reference: ReferenceExecutor | undefined;

  constructor(engine: Engine, plan: ModelPlan, fused: FusedPlan, parameters: readonly Parameter[]) {
    this.#engine = engine;
    this.#plan = plan;
    this.#fused = fused;
    this.parameters = parameters;
    abandoned.register(this, this.#buffers);
  }

  lossAndGradients(
    batch: TokenBatch,
    state: RecurrentModelState,
    options: LanguageStepOptions,
  ): LanguageStepResult {
    const { random, reduction, lossFrom = 0, stateAfter, recurrentGradientScale = 1 } = options;
    const drops = this.#drops && options.regularization !== false;
    if (recurrentGradientScale !== 1) {
      // The engine's backward pass has no such factor.
      this.#reference ??= new ReferenceExecutor(this.#plan, this.parameters);
      return this.#reference.lossAndGradients(batch, state, options);
    }
    const { batchSize: N, steps: T, inputs, lengths } = batch;
    const counted = countedPredictions(batch, lossFrom);
    const chunk = {
      inputs,
      targets: counted.weights
        ? batch.targets.map((id, i) => (counted.weights![i] ? id : -1))
        : batch.targets,
      state: state.layers,
      ...(lengths && { lengths }),
      ...(stateAfter !== undefined && { stateAfter }),
    };
    const pass = {
      scale: reduction === 'sum-over-time' ? 1 / N : 1 / Math.max(1, counted.predictions),
      ...(drops && { dropoutSeed: random.integer(0, 2 ** 32) }),
    };
    const { loss, state: layers } = this.#run({ N, T, gradients: true, drops }, (plan) =>
      plan.lossAndGradients(chunk, pass),
    );
    const { predictions } = counted;
    return { loss: loss / Math.max(1, predictions), predictions, state: this.#state(layers) };
  }

  score(batch: TokenBatch, state: RecurrentModelState): SequenceScores {
    const { batchSize: N, steps: T } = batch;
    const steps = this.#evaluationSteps(N, T);
    const chunk = steps === T ? batch : padded(batch, steps);
    const { layers, losses } = this.#run({ N, T: steps, gradients: false, drops: false }, (plan) => ({
      layers: plan.evaluate({ ...chunk, state: state.layers }).state,
      losses: plan.losses(),
    }));
    const logProbabilities = new Float64Array(N * T);
    for (let n = 0; n < N; n++)
      for (let t = 0; t < T; t++) logProbabilities[n * T + t] = 0 - losses[n * steps + t];
    return { logProbabilities, state: this.#state(layers) };
  }

  advance(tokens: Int32Array, state: RecurrentModelState): RecurrentModelState {
    const N = tokens.length;
    if (N === 1) return this.#state(this.#stepper().advance(state.layers, tokens[0]));
    // Nothing is to be predicted: only the state is wanted.
    const chunk = { inputs: tokens, targets: new Int32Array(N).fill(-1), state: state.layers };
    const { state: layers } = this.#run({ N, T: 1, gradients: false, drops: false }, (plan) =>
      plan.evaluate(chunk),
    );
    return this.#state(layers);
  }

  logProbabilities(output: Float32Array): Float32Array {
    const { outputSize: O, vocabularySize: V } = this.#plan;
    const stepper = this.#stepper();
    // A copy: the engine's own memory would be another model's once this one has gone.
    if (output.length === O) return stepper.logProbabilities([{ h: output }]).slice();
    const N = output.length / O;
    const all = new Float32Array(N * V);
    for (let n = 0; n < N; n++)
      all.set(stepper.logProbabilities([{ h: output.subarray(n * O, (n + 1) * O) }]), n * V);
    return all;
  }

  get #drops(): boolean {
    const { input, between, output, state } = this.#fused.dropout;
    return [input, between, output, state].some((p) => p !== undefined && p > 0);
  }

  #state(layers: RecurrentModelState['layers']): RecurrentModelState {
    return { layers, output: layers[layers.length - 1].h };
  }

  #stepper(): LanguageModelStepper {
    const parameters = this.#arrays('data');
    this.#buffers.stepper ??= this.#engine.allOrNothing(
      () => new LanguageModelStepper(this.#engine, { ...this.#fused.size, parameters }),
    );
    return this.#buffers.stepper;
  }

  /**
   * Does work in the buffers for a shape, which are allocated on first use. A plan prepares its program when it first runs: if
   * memory is refused then, all that it took is freed, and the next call may ask for less.
   */
  #run<R>(shape: Shape, work: (plan: LanguageModelPlan) => R): R {
    const { plans } = this.#buffers;
    const key = `${shape.N} x ${shape.T}, gradients ${shape.gradients}, dropout ${shape.drops}`;
    const kept = plans.get(key);
    const { plan, result } = kept
      ? { plan: kept.plan, result: work(kept.plan) }
      : this.#engine.allOrNothing(() => {
          const made = this.#createPlan(shape);
          return { plan: made, result: work(made) };
        });
    plans.delete(key);
    plans.set(key, { ...shape, plan });
    if (plans.size > keptShapes) {
      const [[oldest, { plan: unused }]] = plans;
      plans.delete(oldest);
      unused.free();
    }
    return result;
  }

  #createPlan({ N, T, gradients, drops }: Shape): LanguageModelPlan {
    return new LanguageModelPlan(this.#engine, {
      ...this.#fused.size,
      batchSize: N,
      steps: T,
      parameters: this.#arrays('data'),
      ...(gradients && { gradients: this.#arrays('gradient') }),
      ...(drops && { dropout: this.#fused.dropout }),
    });
  }

  /** Steps of buffers that N rows of T steps fit into: the last chunk of a text is shorter than those before it. */
  #evaluationSteps(N: number, T: number): number {
    const roomy = [...this.#buffers.plans.values()].find(
      (kept) => kept.N === N && kept.T >= T && !kept.gradients,
    );
    return roomy?.T ?? T;
  }

  #arrays(of: 'data' | 'gradient') {
    return engineParameters(this.#plan, this.#fused, this.parameters, of);
  }
}

/** The same rows with padding up to `steps`. */
function padded({ inputs, targets, batchSize: N, steps: T, lengths }: TokenBatch, steps: number): TokenBatch {
  const rows = (values: Int32Array): Int32Array => {
    const wide = new Int32Array(N * steps);
    for (let n = 0; n < N; n++) wide.set(values.subarray(n * T, (n + 1) * T), n * steps);
    return wide;
  };
  return {
    inputs: rows(inputs),
    targets: rows(targets),
    batchSize: N,
    steps,
    lengths: lengths ?? new Int32Array(N).fill(T),
  };
}
