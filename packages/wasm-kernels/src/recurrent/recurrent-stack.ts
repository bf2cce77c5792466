import type { LayerState } from '@throughtime/contract';
import {
  ArgumentError,
  anything,
  boolean,
  checkOptions,
  inWords,
  list,
  type OptionChecks,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { type Engine, runningEngine } from '../engine/engine.js';
import { padded } from '../engine/products.js';
import type { CommandHandle, Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import { MASK, REARRANGE } from '../generated/commands.js';
import { checkLength, floats, integers } from '../ops/checks.js';
import { type Cell, cellName, isRecurrent } from './cell.js';
import { CompiledStack } from './compiled-stack.js';
import { checkStateDropout, type Dropout, dropoutChecks } from './dropout.js';
import type { LayerBuffers, LayerInput } from './layer-buffers.js';
import {
  checkLayerParameters,
  type HiddenSize,
  hiddenSizeCheck,
  type LayerParameters,
  layerParametersChecks,
  layerSizes,
  projectionSizeCheck,
  stateSizeOf,
} from './layer-parameters.js';
import {
  readState,
  readStateGradients,
  writeInitialState,
  writeRows,
  writeStateGradients,
} from './stack-state.js';
import { checkZoneout, type Zoneout, zoneoutChecks } from './zoneout.js';

/** Layers on top of one another, the chunks they read, and where their weights lie. */
export interface RecurrentStackOptions {
  /** The cell of all layers. */
  readonly cell: Cell;
  /** D; with one-hot inputs, how many different ids there are. */
  readonly inputSize: number;
  /** H of each layer, or one number for all. */
  readonly hiddenSize: HiddenSize;
  /** P, the size of each layer's h, and so of the outputs, where it is projected; of an `lstm`. Default: none. */
  readonly projectionSize?: number | undefined;
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  /** Weights of each layer, the first reading the inputs. */
  readonly parameters: readonly LayerParameters[];
  /** Receive gradients. Absent: no gradients of weights, and less memory. */
  readonly gradients?: readonly LayerParameters[];
  /** Whether `backward` may be called; without `gradients` it gives those of inputs and states alone. Default: with `gradients`. */
  readonly backward?: boolean;
  /** Inputs are ids, written to `ids`, and stand for one-hot rows. Default false. */
  readonly oneHot?: boolean;
  /** Whether each layer's input is added to its output, from the second layer on; for layers of one size. Default false. */
  readonly residual?: boolean;
  /** Default: none. There is no `embedding` and no `input` here: pass `inputMask`. */
  readonly dropout?: Dropout;
  /** Every pass takes the mean, unless it brings `zoneoutMasks`. Default: none. */
  readonly zoneout?: Zoneout;
}

/** Which units of a layer keep their old values: 1 where they do, 0 elsewhere, [T, N, H] in the order of the inputs. */
export interface ZoneoutMasks {
  /** For h. */
  readonly hidden?: Float32Array | undefined;
  /** For an LSTM. */
  readonly cell?: Float32Array | undefined;
}

const stackChecks: OptionChecks<RecurrentStackOptions> = {
  cell: required(cellName),
  inputSize: required(whole({ from: 1 })),
  hiddenSize: required(hiddenSizeCheck),
  projectionSize: projectionSizeCheck,
  batchSize: required(whole({ from: 1 })),
  steps: required(whole({ from: 1 })),
  parameters: required(list(record(layerParametersChecks), { length: { from: 1 } })),
  gradients: list(record(layerParametersChecks)),
  backward: boolean,
  oneHot: boolean,
  residual: boolean,
  dropout: record(dropoutChecks),
  zoneout: record(zoneoutChecks),
};

/** The state a chunk starts from, and what is masked in it. */
export interface StackForwardOptions {
  /** Whether `backward` will follow; dropout applies only then. Default: whether the stack can do that. */
  readonly training?: boolean;
  /** One entry per layer, [N, H] each. Default: zeros. */
  readonly state?: readonly LayerState[];
  /** [N], valid steps of each row, 0 to T. Default: all. */
  readonly lengths?: Int32Array;
  /** Each row's valid steps in reverse order; outputs stand where their inputs do. Default false. */
  readonly reverse?: boolean;
  /** [N, D], multiplies the inputs at every step. Default: none. */
  readonly inputMask?: Float32Array;
  /** One per layer, [N, H], multiplies h where it enters the recurrent product. Default: those of `dropout`, if any. */
  readonly stateMasks?: readonly Float32Array[];
  /** One per layer, for a training pass of a stack with `zoneout`. Default: the mean. */
  readonly zoneoutMasks?: readonly ZoneoutMasks[];
  /** A 32-bit word from which the masks of `dropout` follow. Needed for training with dropout. */
  readonly dropoutSeed?: number;
}

const forwardChecks: OptionChecks<StackForwardOptions> = {
  training: boolean,
  state: list(anything),
  lengths: integers,
  reverse: boolean,
  inputMask: floats,
  stateMasks: list(floats),
  zoneoutMasks: list(record<ZoneoutMasks>({ hidden: floats, cell: floats })),
  dropoutSeed: whole(),
};

type RearrangeHandle = CommandHandle<keyof typeof REARRANGE.fields>;

/**
 * Recurrent layers on top of one another over whole sequences of a fixed shape, with all buffers they need. Write to `inputs`,
 * call `forward`, read `outputs`. Then write to `outputGradients`, call `backward`, read `inputGradients`.
 */
export class RecurrentStack {
  /** [N, T, D]; empty with one-hot inputs. */
  readonly inputs: Float32Array;
  /** [N, T]; empty except with one-hot inputs. */
  readonly ids: Int32Array;
  /** [N, T, H of the last layer]; zero beyond a row's length. */
  readonly outputs: Float32Array;
  /** [N, T, H]; values beyond a row's length are ignored. */
  readonly outputGradients: Float32Array;
  /** [N, T, D]; empty with one-hot inputs. */
  readonly inputGradients: Float32Array;
  readonly #options: RecurrentStackOptions;
  readonly #backward: boolean;
  readonly #engine: Engine;
  readonly #workspace: Workspace;
  readonly #stack: CompiledStack;
  readonly #lengths: Int32Array;
  /** Time-major. */
  readonly #ids: Int32Array;
  readonly #rows: Float32Array;
  readonly #rowGradients: Float32Array;
  readonly #inputMask: Float32Array;
  readonly #stateMasks: (Float32Array | undefined)[] = [];
  readonly #zoneoutMasks = new Map<string, Float32Array>();
  readonly #rearrangements: RearrangeHandle[] = [];
  readonly #inputMasks: CommandHandle<keyof typeof MASK.fields>[] = [];
  readonly #programs: { training?: Program; evaluation?: Program; backward?: Program } = {};
  #lastPass: { readonly training: boolean } | undefined;

  /** @throws ArgumentError */
  constructor(engine: Engine, options: RecurrentStackOptions) {
    check(engine, options);
    const { inputSize, batchSize, steps, oneHot = false, gradients } = options;
    const { backward = gradients !== undefined } = options;
    const sizes = layerSizes(options, options.parameters.length);
    const outputSize = stateSizeOf(sizes[sizes.length - 1]);
    this.#options = options;
    this.#backward = backward;
    this.#engine = engine;
    const workspace = new Workspace(engine);
    this.#workspace = workspace;
    const positions = batchSize * steps;
    const dense = oneHot ? 0 : positions;
    const stride = padded(inputSize);
    this.inputs = workspace.float32(dense * inputSize);
    this.ids = workspace.int32(oneHot ? positions : 0);
    this.outputs = workspace.float32(positions * outputSize);
    this.outputGradients = workspace.float32(backward ? positions * outputSize : 0);
    this.inputGradients = workspace.float32(backward ? dense * inputSize : 0);
    this.#lengths = workspace.int32(batchSize);
    this.#ids = workspace.int32(oneHot ? positions : 0);
    this.#rows = workspace.float32(dense * stride);
    this.#rowGradients = workspace.float32(backward ? dense * stride : 0);
    this.#inputMask = workspace.float32(oneHot ? 0 : batchSize * stride);
    const input: LayerInput = oneHot
      ? { kind: 'one-hot', ids: this.#ids.byteOffset }
      : {
          kind: 'rows',
          rows: this.#rows.byteOffset,
          stride,
          gradient: backward ? this.#rowGradients.byteOffset : 0,
          gradientStride: stride,
        };
    this.#stack = new CompiledStack(engine, { ...options, input, zoneoutMasks: false, stateMasks: true });
  }

  /**
   * Runs all steps, from `inputs` (or `ids`) to `outputs`.
   * @returns the state of each layer after each row's last valid step
   * @throws ArgumentError when a shape does not fit, or an id is not below D
   */
  forward(options: StackForwardOptions = {}): LayerState[] {
    checkOptions<StackForwardOptions>(options, forwardChecks);
    const { training = this.#backward } = options;
    if (training && !this.#backward) {
      throw new ArgumentError('training', 'false for a stack without gradients', training);
    }
    this.#lastPass = undefined; // whatever happens now, `backward` could not be that of this pass
    const pass = training ? 'training' : 'evaluation';
    this.#programs[pass] ??= this.#forwardProgram({ training });
    if (training) this.#programs.backward ??= this.#backwardProgram();
    this.#begin(options, training);
    writeInitialState(this.#stack.layers, options.state);
    this.#programs[pass].run();
    this.#lastPass = { training };
    return readState(this.#stack.layers, this.#options.steps);
  }

  /**
   * Runs the backward pass of the last `forward`, once: from `outputGradients` to `inputGradients` and the gradients of the
   * weights, if it has any, which it overwrites.
   * @param stateGradients gradients of the final states. Default: zeros
   * @returns gradients of the initial states
   * @throws ArgumentError without a forward pass for training before it
   */
  backward(stateGradients?: readonly LayerState[]): LayerState[] {
    const program = this.#programs.backward;
    if (!program || !this.#lastPass?.training) {
      throw new ArgumentError('backward', 'a forward pass for training before it', inWords('none'));
    }
    this.#lastPass = undefined; // the gates are overwritten
    writeStateGradients(this.#stack.layers, stateGradients);
    program.run();
    return readStateGradients(this.#stack.layers);
  }

  /** Gives all buffers back. The stack must not be used again. */
  free(): void {
    for (const program of Object.values(this.#programs)) program?.free();
    this.#stack.free();
    this.#workspace.free();
  }

  #forwardProgram(pass: { readonly training: boolean }): Program {
    const { oneHot, inputSize } = this.#options;
    const last = this.#stack.layers[this.#stack.layers.length - 1];
    const { stateSize } = last;
    return this.#engine.program().fill((program) => {
      if (!oneHot) {
        const inward = this.#rearrange(this.inputs, this.#rows.byteOffset, padded(inputSize), inputSize);
        this.#rearrangements.push(program.add(REARRANGE, inward));
        program.join();
        this.#addInputMask(program, this.#rows);
      }
      this.#stack.addForward(program, pass);
      const outward = this.#rearrange(this.outputs, this.#stack.outputs(pass), last.stateStride, stateSize);
      this.#rearrangements.push(program.add(REARRANGE, { ...outward, outward: 1 }));
      return program;
    });
  }

  #backwardProgram(): Program {
    const { oneHot, inputSize } = this.#options;
    const last = this.#stack.layers[this.#stack.layers.length - 1];
    const { stateSize } = last;
    return this.#engine.program().fill((program) => {
      const gradients = last.outputGradients.byteOffset;
      const inward = this.#rearrange(this.outputGradients, gradients, last.stateStride, stateSize);
      this.#rearrangements.push(program.prepare(REARRANGE, inward));
      this.#stack.addBackward(program, { toInitialState: true });
      if (oneHot) return program;
      this.#addInputMask(program, this.#rowGradients);
      const rows = this.#rowGradients.byteOffset;
      const outward = this.#rearrange(this.inputGradients, rows, padded(inputSize), inputSize);
      this.#rearrangements.push(program.add(REARRANGE, { ...outward, outward: 1 }));
      return program;
    });
  }

  #rearrange(external: Float32Array, internal: number, stride: number, width: number) {
    const { batchSize, steps } = this.#options;
    return {
      external: external.byteOffset,
      internal,
      internalStride: stride,
      width,
      batch: batchSize,
      steps,
      lengths: 0,
      reverse: 0,
      outward: 0,
    };
  }

  /** rows *= the input mask, when a pass has one. */
  #addInputMask(program: Program, rows: Float32Array): void {
    const { batchSize, inputSize } = this.#options;
    this.#inputMasks.push(
      program.add(MASK, {
        source: rows.byteOffset,
        target: rows.byteOffset,
        mask: this.#inputMask.byteOffset,
        maskStride: 0,
        row: padded(inputSize),
        batch: batchSize,
        steps: 0,
      }),
    );
    program.join();
  }

  #begin(options: StackForwardOptions, training: boolean): void {
    const { cell, batchSize, steps, inputSize, oneHot } = this.#options;
    const { lengths, reverse = false, inputMask, stateMasks, dropoutSeed } = options;
    if (training && dropoutSeed === undefined && this.#stack.masks.count > 0) {
      throw new ArgumentError('dropoutSeed', 'a number, for the stack has dropout', dropoutSeed);
    }
    if (stateMasks && !isRecurrent(cell)) {
      const expected = `none for cell '${cell}', which has no recurrent product`;
      throw new ArgumentError('stateMasks', expected, inWords('some'));
    }
    if (lengths) this.#takeLengths(lengths);
    if (training) this.#takeZoneoutMasks(options);
    const fields = { lengths: lengths ? this.#lengths.byteOffset : 0, reverse: reverse ? 1 : 0 };
    for (const rearrangement of this.#rearrangements) rearrangement.set(fields);
    if (oneHot) this.#takeIds(lengths, reverse);
    if (inputMask) {
      if (oneHot) throw new ArgumentError('inputMask', 'none with one-hot inputs', inWords('one'));
      checkLength('inputMask', inputMask, batchSize * inputSize, '[N, D]');
      const stride = padded(inputSize);
      for (let n = 0; n < batchSize; n++) {
        this.#inputMask.set(inputMask.subarray(n * inputSize, (n + 1) * inputSize), n * stride);
      }
    }
    for (const mask of this.#inputMasks) mask.set({ steps: inputMask ? steps : 0 });
    this.#stack.begin({
      lengths: fields.lengths,
      training,
      seed: dropoutSeed ?? 0,
      stateMasks: stateMasks ? this.#takeStateMasks(stateMasks) : undefined,
    });
  }

  #takeLengths(lengths: Int32Array): void {
    const { batchSize, steps } = this.#options;
    checkLength('lengths', lengths, batchSize, '[N]');
    for (const [n, length] of lengths.entries()) {
      if (length < 0 || length > steps)
        throw new ArgumentError(`lengths[${n}]`, `a whole number from 0 to ${steps}`, length);
    }
    this.#lengths.set(lengths);
  }

  #takeIds(lengths: Int32Array | undefined, reverse: boolean): void {
    const { batchSize, steps, inputSize } = this.#options;
    for (let n = 0; n < batchSize; n++) {
      const length = lengths ? lengths[n] : steps;
      for (let t = 0; t < steps; t++) {
        const id = t < length ? this.ids[n * steps + (reverse ? length - 1 - t : t)] : 0;
        if (id < 0 || id >= inputSize) {
          throw new ArgumentError(`ids[${n}]`, `an id from 0 to ${inputSize - 1}`, id);
        }
        this.#ids[t * batchSize + n] = id;
      }
    }
  }

  #takeZoneoutMasks({ zoneoutMasks, lengths, reverse = false }: StackForwardOptions): void {
    const { layers } = this.#stack;
    if (zoneoutMasks) checkLength('zoneoutMasks', zoneoutMasks, layers.length, 'one per layer');
    layers.forEach((layer, i) => {
      const [hiddenMask, cellMask] = (['hidden', 'cell'] as const).map((name) => {
        const mask = zoneoutMasks?.[i][name];
        if (!mask) return 0;
        const buffer = this.#zoneoutMask(layer, `${i} ${name}`);
        const size = name === 'hidden' ? layer.stateSize : layer.options.hiddenSize;
        const argument = `zoneoutMasks[${i}].${name}`;
        takeZoneoutMask(layer, buffer, mask, { size, lengths, reverse, argument });
        return buffer.byteOffset;
      });
      layer.setZoneoutMasks({ hiddenMask, cellMask });
    });
  }

  /** The buffer of a layer's mask, made when it is first needed. */
  #zoneoutMask(layer: LayerBuffers, key: string): Float32Array {
    const { steps, batchSize } = this.#options;
    const buffer =
      this.#zoneoutMasks.get(key) ?? this.#workspace.float32(steps * batchSize * layer.stateStride);
    this.#zoneoutMasks.set(key, buffer);
    return buffer;
  }

  #takeStateMasks(masks: readonly Float32Array[]): number[] {
    const { layers } = this.#stack;
    checkLength('stateMasks', masks, layers.length, 'one per layer');
    return layers.map((layer, i) => {
      const { batchSize } = layer.options;
      checkLength(`stateMasks[${i}]`, masks[i], batchSize * layer.stateSize, '[N, H]');
      const buffer = this.#stateMasks[i] ?? this.#workspace.float32(batchSize * layer.stateStride);
      this.#stateMasks[i] = buffer;
      writeRows(layer, buffer, masks[i]);
      return buffer.byteOffset;
    });
  }
}

/** Copies a mask, 1 where a unit keeps its value, to how kernels read it: step by step as rows run, 0 where it does. */
function takeZoneoutMask(
  layer: LayerBuffers,
  buffer: Float32Array,
  mask: Float32Array,
  {
    size,
    lengths,
    reverse,
    argument,
  }: {
    readonly size: number;
    readonly lengths: Int32Array | undefined;
    readonly reverse: boolean;
    readonly argument: string;
  },
): void {
  const { batchSize, steps } = layer.options;
  checkLength(argument, mask, steps * batchSize * size, '[T, N, H]');
  for (let n = 0; n < batchSize; n++) {
    const length = lengths ? lengths[n] : steps;
    for (let t = 0; t < length; t++) {
      const from = ((reverse ? length - 1 - t : t) * batchSize + n) * size;
      const to = (t * batchSize + n) * layer.stateStride;
      for (let unit = 0; unit < size; unit++) buffer[to + unit] = 1 - mask[from + unit];
    }
  }
}

function check(engine: Engine, options: RecurrentStackOptions): void {
  runningEngine('engine', engine);
  checkOptions<RecurrentStackOptions>(options, stackChecks);
  const { cell, parameters, gradients, dropout = {}, oneHot, residual } = options;
  if (dropout.embedding) throw new ArgumentError('dropout.embedding', '0', dropout.embedding);
  if (dropout.input) {
    const expected = oneHot ? '0 with one-hot inputs' : '0: pass inputMask';
    throw new ArgumentError('dropout.input', expected, dropout.input);
  }
  checkStateDropout(cell, dropout);
  checkZoneout(cell, options.zoneout ?? {});
  const sizes = layerSizes(options, parameters.length);
  if (residual && sizes.some(({ hiddenSize }) => hiddenSize !== sizes[0].hiddenSize))
    throw new ArgumentError('residual', 'false for layers of unequal size', residual);
  for (const [name, layers] of Object.entries({ parameters, ...(gradients ? { gradients } : {}) })) {
    checkLength(name, layers, parameters.length, 'as parameters');
    for (const [i, layer] of layers.entries()) checkLayerParameters(engine, layer, sizes[i], `${name}[${i}]`);
  }
}
