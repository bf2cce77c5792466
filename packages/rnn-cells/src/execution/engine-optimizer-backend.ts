import type {
  LiveArray,
  OptimizerBackend,
  Parameter,
  StepSize,
  UpdateRule,
  UpdateTarget,
} from '@throughtime/contract';
import {
  type Engine,
  GradientNorm,
  MultiTensorOptimizer,
  type Trained,
  type UpdateOptions,
  type UpdateRuleName,
} from '@throughtime/wasm-kernels';
import { EngineAllocator } from './engine-allocator.js';

/** Gives back the tables of what works on a list of parameters once that list has gone. */
const abandoned = new FinalizationRegistry<GradientNorm | MultiTensorOptimizer>((worker) => worker.free());

/**
 * Norms and updates in the engine, over parameters that lie in its memory. It is what the trainer of `@throughtime/bptt-trainer`
 * takes as `optimizerBackend`. Optimizer state lies in the engine's memory, too, so nothing is copied.
 *
 * Lists of parameters and targets are known by identity: keep one list for all updates.
 */
export class EngineOptimizerBackend implements OptimizerBackend {
  readonly #engine: Engine;
  readonly #allocator: EngineAllocator;
  readonly #norms = new WeakMap<readonly Parameter[], GradientNorm>();
  readonly #updates = new WeakMap<readonly UpdateTarget[], MultiTensorOptimizer>();

  /** @throws ArgumentError */
  constructor(engine: Engine) {
    this.#engine = engine;
    this.#allocator = new EngineAllocator(engine);
  }

  /** Room for optimizer state of `parameter`, all zeros. */
  allocate(parameter: Parameter): LiveArray {
    return { data: this.#allocator.float32(parameter.data.length) };
  }

  /** Square root of the sum of all squared gradients. */
  gradientNorm(parameters: readonly Parameter[]): number {
    let norm = this.#norms.get(parameters);
    if (!norm) {
      norm = new GradientNorm(this.#engine, parameters);
      abandoned.register(parameters, norm);
      this.#norms.set(parameters, norm);
    }
    return norm.compute();
  }

  /** Used only for rules without an engine kernel; kernels scale gradients themselves. */
  scaleGradients(parameters: readonly Parameter[], factor: number): void {
    for (const { gradient } of parameters) {
      for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
    }
  }

  /** Moves all targets by SGD, Adam, AdamW or RMSProp; false, and nothing done, for another rule. */
  update({ name, settings }: UpdateRule, targets: readonly UpdateTarget[], size: StepSize): boolean {
    const rule = RULES[name];
    if (!rule) return false;
    const momentum = Number(settings.momentum ?? 0);
    let optimizer = this.#updates.get(targets);
    if (!optimizer) {
      const options = { rule: rule.name, momentum: momentum !== 0 };
      optimizer = new MultiTensorOptimizer(this.#engine, targets.map(rule.tensor), options);
      abandoned.register(targets, optimizer);
      this.#updates.set(targets, optimizer);
    }
    const { learningRate, weightDecay, step, gradientScale = 1 } = size;
    optimizer.update({ ...rule.options(settings), learningRate, weightDecay, step, gradientScale });
    return true;
  }
}

interface EngineRule {
  readonly name: UpdateRuleName;
  tensor(target: UpdateTarget): Trained;
  options(settings: UpdateRule['settings']): Partial<UpdateOptions>;
}

const adam = (name: 'adam' | 'adamw'): EngineRule => ({
  name,
  tensor: ({ parameter: { data, gradient }, slots: [mean, square] }) => ({
    data,
    gradient,
    first: mean?.data,
    second: square?.data,
  }),
  options: ({ beta1, beta2, epsilon }) => ({
    beta1: Number(beta1),
    beta2: Number(beta2),
    epsilon: Number(epsilon),
  }),
});

/** Rules of the trainer that the engine computes, and which slot is which moment. */
const RULES: Readonly<Partial<Record<string, EngineRule>>> = {
  sgd: {
    name: 'sgd',
    tensor: ({ parameter: { data, gradient }, slots: [momentum] }) => ({
      data,
      gradient,
      first: momentum?.data,
    }),
    options: ({ momentum, nesterov }) => ({ momentum: Number(momentum), nesterov: Boolean(nesterov) }),
  },
  adam: adam('adam'),
  adamw: adam('adamw'),
  rmsprop: {
    name: 'rmsprop',
    tensor: ({ parameter: { data, gradient }, slots: [square, momentum] }) => ({
      data,
      gradient,
      first: momentum?.data,
      second: square?.data,
    }),
    options: ({ alpha, epsilon, momentum }) => ({
      alpha: Number(alpha),
      epsilon: Number(epsilon),
      momentum: Number(momentum),
    }),
  },
};
