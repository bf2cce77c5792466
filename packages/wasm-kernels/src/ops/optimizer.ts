import {
  ArgumentError,
  boolean,
  type Check,
  check,
  checkOptions,
  number,
  type OptionChecks,
  oneOf,
  required,
  whole,
} from '@throughtime/errors';
import { type Engine, runningEngine } from '../engine/engine.js';
import type { CommandHandle, Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import { Rule, UPDATE } from '../generated/commands.js';
import { checkLength, floats } from './checks.js';
import { type Trained, writeTensorList } from './tensor-list.js';

/**
 * How parameters are updated, as PyTorch does it:
 * - `sgd`: with or without momentum, Nesterov's too
 * - `adam`: decay, if any, is L2
 * - `adamw`: decay shrinks the weights, apart from the gradient
 * - `rmsprop`: with or without momentum, not centered
 */
export type UpdateRuleName = 'sgd' | 'adam' | 'adamw' | 'rmsprop';

/** The numbers of one update. */
export interface UpdateOptions {
  /** How far weights move. */
  readonly learningRate: number;
  /** `sgd`, `rmsprop`. Default 0. Whether it is 0 is fixed when the optimizer is made. */
  readonly momentum?: number;
  /** `sgd`. Default false. */
  readonly nesterov?: boolean;
  /** `adam`, `adamw`. Default 0.9, 0.999. */
  readonly beta1?: number;
  /** `adam`, `adamw`: decay of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** `rmsprop`. Default 0.99. */
  readonly alpha?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0; `adamw`: 0.01. */
  readonly weightDecay?: number;
  /**
   * `adam`, `adamw`: which update this is, from 1, for the correction of the moments' bias. Default: one more than the last.
   */
  readonly step?: number;
  /** Factor on the gradients, by which they are clipped. Default 1. */
  readonly gradientScale?: number;
}

const rate = number({ from: 0, below: 1 });
/** The kernel has float32s, where larger numbers would be Infinity. */
const nonNegative: Check<number> = check(
  'a number of at least 0 that is finite in float32',
  (value) => typeof value === 'number' && value >= 0 && Number.isFinite(Math.fround(value)),
);

const updateChecks: OptionChecks<UpdateOptions> = {
  learningRate: required(nonNegative),
  momentum: nonNegative,
  nesterov: boolean,
  beta1: rate,
  beta2: rate,
  alpha: rate,
  epsilon: nonNegative,
  weightDecay: nonNegative,
  step: whole({ from: 1 }),
  // May be NaN where gradients are NaN: callers look at the weights afterwards.
  gradientScale: check('a number', (value) => typeof value === 'number'),
};

/** What decides which state is allocated. */
export interface MultiTensorOptimizerOptions {
  /** How weights follow gradients. */
  readonly rule: UpdateRuleName;
  /** Whether there is momentum (SGD and RMSProp). Default false. */
  readonly momentum?: boolean;
}

const RULES: Record<UpdateRuleName, number> = {
  sgd: Rule.SGD,
  adam: Rule.ADAM,
  adamw: Rule.ADAMW,
  rmsprop: Rule.RMSPROP,
};

const optimizerChecks: OptionChecks<MultiTensorOptimizerOptions> = {
  rule: required(oneOf(Object.keys(RULES))),
  momentum: boolean,
};

/** Updates a list of tensors in one pass over memory. */
export class MultiTensorOptimizer {
  /** Per tensor: momentum, or Adam's first moment; empty where the rule has none. Live: may be saved and set. */
  readonly first: readonly Float32Array[];
  /** Per tensor: the average of squared gradients; empty for SGD. */
  readonly second: readonly Float32Array[];
  readonly #rule: UpdateRuleName;
  /** The number of the last update. */
  #step = 0;
  readonly #workspace: Workspace;
  readonly #program: Program;
  readonly #command: CommandHandle<keyof typeof UPDATE.fields>;

  /** @throws ArgumentError */
  constructor(engine: Engine, tensors: readonly Trained[], options: MultiTensorOptimizerOptions) {
    runningEngine('engine', engine);
    checkOptions<MultiTensorOptimizerOptions>(options, optimizerChecks);
    for (const [i, { data, gradient }] of tensors.entries()) {
      floats(`tensors[${i}].data`, data);
      floats(`tensors[${i}].gradient`, gradient);
      checkLength(`tensors[${i}].gradient`, gradient, data.length, 'as data');
    }
    const { rule, momentum = false } = options;
    this.#rule = rule;
    const workspace = new Workspace(engine);
    this.#workspace = workspace;
    const adaptive = rule === 'adam' || rule === 'adamw';
    const state = (wanted: boolean, name: 'first' | 'second') =>
      wanted ? tensors.map(({ data, [name]: given }) => given ?? workspace.float32(data.length)) : [];
    this.first = state(adaptive || momentum, 'first');
    this.second = state(rule !== 'sgd', 'second');
    const written = writeTensorList(
      engine,
      workspace,
      tensors.map(({ data, gradient }, i) => ({
        data,
        gradient,
        first: this.first[i],
        second: this.second[i],
      })),
    );
    this.#program = engine.program();
    this.#command = this.#program.add(UPDATE, {
      ...written,
      rule: RULES[rule],
      gradientScale: 1,
      learningRate: 0,
      momentum: 0,
      decay: 0,
      momentumRest: 0,
      decayRest: 0,
      epsilon: 0,
      weightDecay: 0,
      nesterov: 0,
      correction1: 1,
      correction2: 1,
    });
  }

  /**
   * Updates every tensor. Gradients keep their values.
   * @throws ArgumentError
   */
  update(options: UpdateOptions): void {
    checkOptions<UpdateOptions>(options, updateChecks);
    const rule = this.#rule;
    const { learningRate, beta1 = 0.9, beta2 = 0.999, alpha = 0.99, epsilon = 1e-8 } = options;
    const { momentum = 0, nesterov = false, gradientScale = 1, step = this.#step + 1 } = options;
    const { weightDecay = rule === 'adamw' ? 0.01 : 0 } = options;
    const adaptive = rule === 'adam' || rule === 'adamw';
    if (!adaptive && momentum !== 0 && this.first.length === 0) {
      throw new ArgumentError('momentum', '0 for an optimizer made without', momentum);
    }
    const [first, second] = adaptive ? [beta1, beta2] : [momentum, alpha];
    this.#command.set({
      gradientScale,
      learningRate,
      momentum: first,
      decay: second,
      momentumRest: 1 - first,
      decayRest: 1 - second,
      epsilon,
      weightDecay,
      nesterov: nesterov ? 1 : 0,
      correction1: adaptive ? 1 - beta1 ** step : 1,
      correction2: adaptive ? Math.sqrt(1 - beta2 ** step) : 1,
    });
    this.#program.run();
    this.#step = step;
  }

  /** Gives the moments' memory back. The optimizer must not be used again. */
  free(): void {
    this.#program.free();
    this.#workspace.free();
  }
}
