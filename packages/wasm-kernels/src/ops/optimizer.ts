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
import { Rule, SQUARES, TENSOR, UPDATE, UPDATE_CHUNK } from '../generated/commands.js';
import { checkLength, floats } from './checks.js';

/**
 * How parameters are updated, as PyTorch does it:
 * - `sgd`: with or without momentum, Nesterov's too
 * - `adam`: decay, if any, is L2
 * - `adamw`: decay shrinks the weights, apart from the gradient
 * - `rmsprop`: with or without momentum, not centered
 */
export type UpdateRuleName = 'sgd' | 'adam' | 'adamw' | 'rmsprop';

export interface UpdateOptions {
  readonly learningRate: number;
  /** `sgd`, `rmsprop`. Default 0. Whether it is 0 is fixed when the optimizer is made. */
  readonly momentum?: number;
  /** `sgd`. Default false. */
  readonly nesterov?: boolean;
  /** `adam`, `adamw`. Default 0.9, 0.999. */
  readonly beta1?: number;
  readonly beta2?: number;
  /** `rmsprop`. Default 0.99. */
  readonly alpha?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0; `adamw`: 0.01. */
  readonly weightDecay?: number;
  /**
   * `adam`, `adamw`: which update this is, from 1, for the correction of the moments' bias. Default: one more than the last; an
   * update that was left out because a gradient was not finite does not count.
   */
  readonly step?: number;
  /** Gradients are multiplied by min(1, clipNorm / (norm + 1e-6)), with the norm of all gradients together. Default: no clipping. */
  readonly clipNorm?: number;
  /**
   * Factor on the gradients, for a caller that knows the norm already. It replaces `clipNorm` and `skipNonFinite`, and saves a pass
   * over the gradients.
   */
  readonly gradientScale?: number;
  /** Leaves everything as it is when the norm is not finite. Default true. */
  readonly skipNonFinite?: boolean;
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
  clipNorm: number({ above: 0 }),
  // May be NaN where gradients are NaN: callers look at the weights afterwards.
  gradientScale: check('a number', (value) => typeof value === 'number'),
  skipNonFinite: boolean,
};

/** A tensor and its gradient, in the engine's memory. */
export interface Trained {
  readonly data: Float32Array;
  readonly gradient: Float32Array;
  /** Momentum, or Adam's first moment, where the rule has one. Default: allocated by the optimizer. */
  readonly first?: Float32Array | undefined;
  /** The average of squared gradients, where the rule has one. Default: allocated by the optimizer. */
  readonly second?: Float32Array | undefined;
}

export interface MultiTensorOptimizerOptions {
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

const TENSOR_WORDS = Object.keys(TENSOR).length;

type OptimizerField = keyof typeof UPDATE.fields;

/** Updates a list of tensors in one pass over memory. Clipping by the global norm costs a second pass over the gradients. */
export class MultiTensorOptimizer {
  /** Per tensor: momentum, or Adam's first moment; empty where the rule has none. Live: may be saved and set. */
  readonly first: readonly Float32Array[];
  /** Per tensor: the average of squared gradients; empty for SGD. */
  readonly second: readonly Float32Array[];
  readonly #rule: UpdateRuleName;
  /** The number of the last update. */
  #step = 0;
  readonly #workspace: Workspace;
  readonly #norm: Float64Array;
  /** Sums of squares of every chunk. */
  readonly #partials: Float64Array;
  readonly #program: Program;
  readonly #normProgram: Program;
  readonly #update: CommandHandle<OptimizerField>;
  /** Updates without the norm, for `gradientScale`. */
  readonly #scaledProgram: Program;
  readonly #scaled: CommandHandle<OptimizerField>;

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
    const table = workspace.int32(Math.max(1, tensors.length) * TENSOR_WORDS);
    let chunks = 0;
    for (const [i, { data, gradient }] of tensors.entries()) {
      const moments = [this.first[i], this.second[i]].map((view, moment) => {
        if (!view) return 0;
        const argument = `tensors[${i}].${moment === 0 ? 'first' : 'second'}`;
        checkLength(argument, view, data.length, 'as data');
        return engine.memory.address(view, argument);
      });
      const addresses = [
        engine.memory.address(data, `tensors[${i}].data`),
        engine.memory.address(gradient, `tensors[${i}].gradient`),
        ...moments,
      ];
      table.set([...addresses, data.length, chunks], i * TENSOR_WORDS);
      chunks += Math.ceil(data.length / UPDATE_CHUNK);
    }
    const partials = workspace.float32(Math.max(1, chunks) * 2).byteOffset;
    const norm = workspace.float32(2);
    this.#norm = new Float64Array(norm.buffer, norm.byteOffset, 1);
    const fields: Record<OptimizerField, number> = {
      tensors: table.byteOffset,
      count: tensors.length,
      chunks,
      partials,
      rule: RULES[rule],
      clip: 0,
      scale: 1,
      guard: 0,
      rate: 0,
      momentum: 0,
      decay: 0,
      momentumRest: 0,
      decayRest: 0,
      epsilon: 0,
      weightDecay: 0,
      nesterov: 0,
      correction1: 1,
      correction2: 1,
      norm: norm.byteOffset,
    };
    this.#normProgram = engine.program();
    this.#normProgram.add(SQUARES, fields);
    this.#program = engine.program();
    this.#program.prepare(SQUARES, fields);
    this.#update = this.#program.add(UPDATE, fields);
    this.#scaledProgram = engine.program();
    this.#scaled = this.#scaledProgram.add(UPDATE, { ...fields, norm: 0 });
    this.#partials = new Float64Array(norm.buffer, partials, chunks);
  }

  /** The norm of all gradients together. */
  globalNorm(): number {
    this.#normProgram.run();
    let sum = 0;
    for (const partial of this.#partials) sum += partial;
    return Math.sqrt(sum);
  }

  /**
   * Updates every tensor. Gradients keep their values, clipped or not.
   * @throws ArgumentError
   * @returns the norm of all gradients together, before clipping; NaN with `gradientScale`, which needs none
   */
  update(options: UpdateOptions): number {
    checkOptions<UpdateOptions>(options, updateChecks);
    const rule = this.#rule;
    const { learningRate, beta1 = 0.9, beta2 = 0.999, alpha = 0.99, epsilon = 1e-8 } = options;
    const { step = this.#step + 1 } = options;
    const { momentum = 0, nesterov = false, clipNorm = 0, skipNonFinite = true, gradientScale } = options;
    const { weightDecay = rule === 'adamw' ? 0.01 : 0 } = options;
    const adaptive = rule === 'adam' || rule === 'adamw';
    if (!adaptive && momentum !== 0 && this.first.length === 0) {
      throw new ArgumentError('momentum', '0 for an optimizer made without', momentum);
    }
    const [first, second] = adaptive ? [beta1, beta2] : [momentum, alpha];
    const handle = gradientScale === undefined ? this.#update : this.#scaled;
    handle.set({
      scale: gradientScale ?? 1,
      clip: clipNorm,
      guard: skipNonFinite ? 1 : 0,
      rate: learningRate,
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
    if (gradientScale !== undefined) {
      this.#scaledProgram.run();
      this.#step = step;
      return Number.NaN;
    }
    this.#program.run();
    const norm = this.#norm[0];
    if (Number.isFinite(norm) || !skipNonFinite) this.#step = step;
    return norm;
  }

  /** Gives the moments' memory back. The optimizer must not be used again. */
  free(): void {
    this.#program.free();
    this.#normProgram.free();
    this.#scaledProgram.free();
    this.#workspace.free();
  }
}
