// One layer as one tfjs operation with a gradient of its own: tensors go into the engine, one pass runs there, tensors come back.
import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import {
  type Cell,
  defaultEngine,
  type Engine,
  type LayerParameters,
  RecurrentStack,
  type Zoneout,
  type ZoneoutMasks,
} from '@throughtime/wasm-kernels';
import { FusedPathError } from '../errors.js';
import type { Mask } from '../parameters/masks.js';
import { engineCell } from './engine-names.js';
import type { LayerCall, LayerResult } from './network-call.js';

const forwardName = 'ThroughtimeRecurrentLayer';
const backwardName = 'ThroughtimeRecurrentLayerGradient';

/** Does what `unrollReferenceLayer` does, in the engine. */
export function unrollEngineLayer(call: LayerCall): LayerResult {
  const { config, weights, inputs, start, reverse, lengths, masks } = call;
  const isLstm = config.cell === 'lstm';
  const parts = partsOf(weights);
  const tensors = [inputs, ...parts.map(([, tensor]) => tensor), start.h];
  if (isLstm) tensors.push(start.c!);
  const pass = new LayerPass({
    cell: engineCell(config),
    hiddenSize: config.hiddenSize,
    projectionSize: config.projectionSize,
    zoneout: {
      hidden: zoneoutRate(config.zoneout.hidden, masks, masks?.hiddenZoneout),
      cell: zoneoutRate(config.zoneout.cell, masks, masks?.cellZoneout),
    },
    names: parts.map(([name]) => name),
    reverse,
    lengths,
    stateMask: masks?.state?.values,
    zoneoutMasks: masks && {
      hidden: stepMasks(masks.hiddenZoneout, inputs.shape[1]),
      cell: stepMasks(masks.cellZoneout, inputs.shape[1]),
    },
    // Masks belong to training, with a tape or without.
    training:
      tf.engine().isTapeOn() || masks?.hiddenZoneout !== undefined || masks?.cellZoneout !== undefined,
  });
  registerKernels(tf.getBackend());
  const [token, ...results] = runKernel(forwardName, tensors.map(asFloats), pass);
  token.dispose(); // a tape holds its own clone
  const [outputs, h, c] = results;
  return {
    outputs: outputs as tf.Tensor3D,
    state: isLstm ? { h: h as tf.Tensor2D, c: c as tf.Tensor2D } : { h: h as tf.Tensor2D },
  };
}

/** A layer's weights by the engine's names. */
function partsOf(weights: LayerCall['weights']): [keyof LayerParameters, tf.Tensor][] {
  const { input, recurrent, projection, peephole, cellNorm } = weights;
  const all: [keyof LayerParameters, tf.Tensor | undefined][] = [
    ['weightIh', input.weight],
    ['weightHh', recurrent?.weight],
    ['biasIh', input.bias],
    ['biasHh', recurrent?.bias],
    ['weightHr', projection],
    ['weightPeephole', peephole],
    ['gainIh', input.gain],
    ['gainHh', recurrent?.gain],
    ['gainCell', cellNorm?.gain],
    ['biasCell', cellNorm?.bias],
  ];
  return all.filter((part): part is [keyof LayerParameters, tf.Tensor] => part[1] !== undefined);
}

/** Masks that a chunk was given say which units keep their values, whatever the probability; without any, the mean does. */
function zoneoutRate(probability: number, masks: LayerCall['masks'], own: Mask | undefined): number {
  if (!masks) return probability;
  return own ? Math.max(probability, 0.5) : 0;
}

/** [T, N, size] of a mask that may be shared by all steps. */
function stepMasks(mask: Mask | undefined, steps: number): Float32Array | undefined {
  if (!mask || mask.shape[0] === steps) return mask?.values.slice();
  const values = new Float32Array(steps * mask.values.length);
  for (let t = 0; t < steps; t++) values.set(mask.values, t * mask.values.length);
  return values;
}

/** The reference path takes tensors of whole numbers; so does this one. */
function asFloats(tensor: tf.Tensor): tf.Tensor {
  return tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32');
}

// The operation ---------------------------------------------------------------------------------------------------------------

function runKernel(name: string, tensors: readonly tf.Tensor[], pass: LayerPass): tf.Tensor[] {
  // tfjs accepts a list where it declares an object of tensors, as its own Concat does. It passes attributes on unchanged.
  const inputs = tensors as unknown as tf.NamedTensorMap;
  const attributes = { pass } as unknown as tf.NamedAttrMap;
  return tf.engine().runKernel(name, inputs, attributes) as tf.Tensor[];
}

/** A kernel's call in our types. */
interface KernelCall {
  readonly inputs: readonly tf.TensorInfo[];
  readonly attrs: { readonly pass: LayerPass };
  readonly backend: tf.KernelBackend;
}

function registerKernels(backendName: string): void {
  if (tf.getKernel(forwardName, backendName)) return;
  const add = (kernelName: string, run: (call: KernelCall) => tf.Tensor[]) =>
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: (call) => run(call as unknown as KernelCall),
    });
  add(forwardName, ({ inputs, attrs, backend }) => attrs.pass.forward(backend, inputs));
  add(backwardName, ({ inputs, attrs, backend }) => attrs.pass.backward(backend, inputs));
  registerGradients();
}

function registerGradients(): void {
  if (tf.getGradient(forwardName)) return;
  tf.registerGradient({
    kernelName: forwardName,
    saveAllInputs: true,
    outputsToSave: [true], // the token
    gradFunc: (gradients, saved, attributes) => {
      const [, ...wanted] = gradients as tf.Tensor[];
      const { pass } = attributes as unknown as KernelCall['attrs'];
      const results = runKernel(backwardName, [...wanted, ...saved.slice(0, -1)], pass);
      return results.map((result) => () => result) as unknown as ReturnType<tf.GradFunc>;
    },
  });
  tf.registerGradient({
    kernelName: backwardName,
    gradFunc: () => {
      throw new FusedPathError("'reference' for gradients of gradients, which the fused path does not have");
    },
  });
}

// One pass --------------------------------------------------------------------------------------------------------------------

interface LayerPassOptions {
  readonly cell: Cell;
  /** H */
  readonly hiddenSize: number;
  /** P */
  readonly projectionSize: number | undefined;
  readonly zoneout: Zoneout;
  /** The layer's weights, in the order of their tensors. */
  readonly names: readonly (keyof LayerParameters)[];
  /** [N] */
  readonly lengths: Int32Array | undefined;
  readonly reverse: boolean;
  /** [N, H], multiplies h where it enters the recurrent product. */
  readonly stateMask: Float32Array | undefined;
  readonly zoneoutMasks: ZoneoutMasks | undefined;
  /** Whether a backward pass may follow. */
  readonly training: boolean;
}

/**
 * One application of a layer to a sequence. tfjs carries it from the forward to the backward kernel as an attribute.
 *
 * The tensors that it depends on come in this order: inputs [N, T, D], the weights in that of `names`, the initial h [N, H], and for
 * an LSTM c [N, H]. Gradients come in the same order.
 */
class LayerPass {
  readonly #options: LayerPassOptions;
  /** Holds the activations of the forward pass until the backward pass uses them or the tape forgets them. */
  #buffers: LayerBuffers | undefined;

  constructor(options: LayerPassOptions) {
    const { lengths, stateMask } = options;
    this.#options = { ...options, lengths: lengths?.slice(), stateMask: stateMask?.slice() };
  }

  /** @returns a token to be saved on the tape, then outputs [N, T, H] and the final h and c [N, H] */
  forward(backend: tf.KernelBackend, tensors: readonly tf.TensorInfo[]): tf.Tensor[] {
    const { buffers, outputs, state } = this.#forward(backend, tensors);
    try {
      const [batchSize, steps] = tensors[0].shape;
      const token = writeTensor(backend, new Float32Array(1), [1]);
      const rows = (values: Float32Array) =>
        writeTensor(backend, values, [batchSize, values.length / batchSize]);
      const results = [
        token,
        writeTensor(backend, outputs, [batchSize, steps, state.h.length / batchSize]),
        rows(state.h),
        ...(state.c ? [rows(state.c)] : []),
      ];
      if (this.#options.training) {
        this.#buffers = buffers;
        keepUntilForgotten(backend, token.dataId, () => {
          this.#buffers?.free();
          this.#buffers = undefined;
        });
      }
      return results;
    } finally {
      if (this.#buffers !== buffers) buffers.free();
    }
  }

  /**
   * @param given the gradients of outputs and final h and c, then the tensors that `forward` took
   * @returns the gradients of those tensors
   */
  backward(backend: tf.KernelBackend, given: readonly tf.TensorInfo[]): tf.Tensor[] {
    const results = this.#options.cell === 'lstm' ? 3 : 2;
    const [gradients, tensors] = [given.slice(0, results), given.slice(results)];
    // The buffers are gone when a tape asks twice, as nested gradients do, or when the backend changed in between.
    const buffers = this.#buffers ?? this.#forward(backend, tensors).buffers;
    this.#buffers = undefined;
    try {
      const [outputs, h, c] = readTensors(backend, gradients);
      const before = buffers.backward(outputs, c ? { h, c } : { h });
      const weights = this.#options.names.map((name) => before.weights[name]!);
      const arrays = [before.inputs, ...weights, before.state.h];
      if (before.state.c) arrays.push(before.state.c);
      return arrays.map((values, i) => writeTensor(backend, values, tensors[i].shape));
    } finally {
      buffers.free();
    }
  }

  #forward(backend: tf.KernelBackend, tensors: readonly tf.TensorInfo[]) {
    const { names, lengths, reverse, stateMask, zoneoutMasks, training, ...layer } = this.#options;
    const { cell, hiddenSize, projectionSize, zoneout } = layer;
    const [batchSize, steps, inputSize] = tensors[0].shape;
    const [inputs, ...rest] = readTensors(backend, tensors);
    const [h, c] = rest.slice(names.length);
    const weights = layerParameters(names, (_, i) => rest[i]);
    const engine = defaultEngine();
    // The pass itself may be refused memory: its programs are made when it first runs.
    return engine.allOrNothing(() => {
      const buffers = new LayerBuffers(engine, {
        cell,
        inputSize,
        hiddenSize,
        projectionSize,
        zoneout,
        batchSize,
        steps,
        weights,
        training,
      });
      const [state] = buffers.forward(inputs, {
        training,
        state: [c ? { h, c } : { h }],
        reverse,
        ...(lengths && { lengths }),
        ...(stateMask && { stateMasks: [stateMask] }),
        ...(zoneoutMasks && { zoneoutMasks: [zoneoutMasks] }),
      });
      return { buffers, outputs: buffers.outputs, state };
    });
  }
}

/** The engine's buffers for one pass over a layer, with that pass's weights. Its views must not be used after `free`. */
class LayerBuffers {
  readonly #engine: Engine;
  readonly #names: readonly (keyof LayerParameters)[];
  readonly #weights: LayerParameters;
  readonly #gradients: LayerParameters | undefined;
  readonly #stack: RecurrentStack;

  /** @throws EngineMemoryError */
  constructor(
    engine: Engine,
    options: {
      readonly cell: Cell;
      readonly inputSize: number; // D
      readonly hiddenSize: number; // H
      readonly projectionSize: number | undefined; // P
      readonly zoneout: Zoneout;
      readonly batchSize: number; // N
      readonly steps: number; // T
      readonly weights: LayerParameters;
      readonly training: boolean;
    },
  ) {
    const { weights, training, ...size } = options;
    this.#engine = engine;
    const names = Object.keys(weights) as (keyof LayerParameters)[];
    this.#names = names;
    const allocated = () => layerParameters(names, (name) => engine.allocate(weights[name]!.length));
    this.#weights = allocated();
    for (const name of names) this.#weights[name]!.set(weights[name]!);
    this.#gradients = training ? allocated() : undefined;
    this.#stack = new RecurrentStack(engine, {
      ...size,
      parameters: [this.#weights],
      ...(this.#gradients && { gradients: [this.#gradients] }),
    });
  }

  /** [N, T, H] */
  get outputs(): Float32Array {
    return this.#stack.outputs;
  }

  forward(inputs: Float32Array, options: Parameters<RecurrentStack['forward']>[0]): LayerState[] {
    this.#stack.inputs.set(inputs);
    return this.#stack.forward(options);
  }

  /**
   * The backward pass of the last `forward`, once.
   * @param outputs the gradient by the outputs, [N, T, H]; what stands beyond a row's length is ignored
   * @param state the gradient by the final state
   */
  backward(outputs: Float32Array, state: LayerState) {
    this.#stack.outputGradients.set(outputs);
    const [initial] = this.#stack.backward([state]);
    return { inputs: this.#stack.inputGradients, weights: this.#gradients!, state: initial };
  }

  free(): void {
    this.#stack.free();
    for (const tensors of [this.#weights, this.#gradients]) {
      for (const name of this.#names) if (tensors) this.#engine.free(tensors[name]!);
    }
  }
}

function layerParameters(
  names: readonly (keyof LayerParameters)[],
  value: (name: keyof LayerParameters, index: number) => Float32Array,
): LayerParameters {
  const entries = names.map((name, i) => [name, value(name, i)]);
  return Object.fromEntries(entries) as { [name in keyof LayerParameters]: Float32Array };
}

// How long a tape keeps a pass ------------------------------------------------------------------------------------------------

/**
 * tfjs does not say when a tape ends, but it disposes the tensors that were saved on it. So a pass saves a token tensor there.
 * Once the token's data is gone, nobody will ask for the gradient of the pass.
 */
interface KeptPass {
  readonly backend: tf.KernelBackend;
  /** Weak: tfjs never cleans up a tape that an exception interrupted; only the garbage collector does. */
  readonly token: WeakRef<object>;
  readonly release: () => void;
}

const kept = new Set<KeptPass>();
let scheduled = false;

/** Calls `release` once tfjs has disposed the token: at the next `releaseForgotten`, or in the microtask after this call. */
function keepUntilForgotten(backend: tf.KernelBackend, token: tf.DataId, release: () => void): void {
  kept.add({ backend, token: new WeakRef(token), release });
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    releaseForgotten();
  });
}

/** Releases the passes that no tape needs any more. */
export function releaseForgotten(): void {
  for (const pass of kept) {
    const token = pass.token.deref();
    if (token !== undefined && pass.backend.refCount(token) > 0) continue;
    kept.delete(pass);
    pass.release();
  }
}

// Tensors and arrays ----------------------------------------------------------------------------------------------------------

/** tfjs's wasm backend gives views of its heap. */
interface HeapBackend extends tf.KernelBackend {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
  getMemoryOffset(dataId: tf.DataId): number;
}

function hasHeap(backend: tf.KernelBackend): backend is HeapBackend {
  return 'typedArrayFromHeap' in backend;
}

/** The tensors' numbers, on the wasm backend without a copy. Do not keep them: an allocation may move its heap. */
function readTensors(backend: tf.KernelBackend, tensors: readonly tf.TensorInfo[]): Float32Array[] {
  if (!hasHeap(backend)) return tensors.map(({ dataId }) => backend.readSync(dataId) as Float32Array);
  // A tensor of another backend moves here when it is first read, which allocates. So move all of them before taking views.
  for (const { dataId } of tensors) backend.getMemoryOffset(dataId);
  return tensors.map((tensor) => backend.typedArrayFromHeap(tensor));
}

/** A tensor with a copy of `values`. */
function writeTensor(backend: tf.KernelBackend, values: Float32Array, shape: readonly number[]): tf.Tensor {
  // The wasm backend copies into its heap; other backends keep the array itself.
  return tf.tensor(hasHeap(backend) ? values : values.slice(), [...shape], 'float32');
}
