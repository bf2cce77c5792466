import type { LayerState } from '@throughtime/contract';
import { type Engine, type LayerParameters, RecurrentStack } from '@throughtime/wasm-kernels';
import type { ResolvedConfig } from '../parameters/recurrent-config.js';
import { engineCell } from './engine-names.js';

/** What a network runs on in the engine, for one shape of batch: write `inputs`, call `forward`, read `outputs`; then backward. */
export type CompiledNetwork = Pick<
  RecurrentStack,
  'inputs' | 'outputs' | 'outputGradients' | 'backward' | 'free'
> & {
  forward(options: { readonly state: readonly LayerState[]; readonly training: boolean }): LayerState[];
};

interface CompileOptions {
  readonly batchSize: number;
  readonly steps: number;
  /** One entry per layer and direction. */
  readonly parameters: readonly LayerParameters[];
  readonly gradients?: readonly LayerParameters[] | undefined;
}

/** Compiles a network: layers of one direction together, those of two one by one. */
export function compileNetwork(
  engine: Engine,
  config: ResolvedConfig,
  options: CompileOptions,
): CompiledNetwork {
  if (config.bidirectional) return new DirectedStack(engine, config, options);
  const { gradients, ...rest } = options;
  return new RecurrentStack(engine, { ...layerSize(config), ...rest, ...(gradients && { gradients }) });
}

function layerSize(config: ResolvedConfig) {
  const { inputSize, hiddenSize, projectionSize, residual, zoneout } = config;
  return { cell: engineCell(config), inputSize, hiddenSize, projectionSize, residual, zoneout };
}

/** Layers in both directions: each reads what both directions of the layer below made, side by side. */
class DirectedStack implements CompiledNetwork {
  /** [N, T, D] */
  readonly inputs: Float32Array;
  /** [N, T, 2H] */
  readonly outputs: Float32Array;
  /** The same. */
  readonly outputGradients: Float32Array;
  readonly #positions: number;
  readonly #residual: boolean;
  /** By layer, forward and backward in time. */
  readonly #layers: (readonly [RecurrentStack, RecurrentStack])[] = [];

  constructor(engine: Engine, config: ResolvedConfig, options: CompileOptions) {
    const { parameters, gradients, ...shape } = options;
    const { outputSize, layers, inputSize } = config;
    for (let layer = 0; layer < layers; layer++) {
      const directed = (direction: number) =>
        new RecurrentStack(engine, {
          ...{ ...layerSize(config), residual: false, ...shape },
          inputSize: layer > 0 ? outputSize : inputSize,
          parameters: [parameters[2 * layer + direction]],
          ...(gradients && { gradients: [gradients[2 * layer + direction]] }),
        });
      this.#layers.push([directed(0), directed(1)]);
    }
    this.#positions = options.batchSize * options.steps;
    this.#residual = config.residual;
    this.inputs = this.#layers[0][0].inputs;
    this.outputs = new Float32Array(this.#positions * outputSize);
    this.outputGradients = new Float32Array(gradients ? this.outputs.length : 0);
  }

  forward({
    state,
    training,
  }: {
    readonly state: readonly LayerState[];
    readonly training: boolean;
  }): LayerState[] {
    const after: LayerState[] = [];
    let below = this.inputs;
    for (const [layer, both] of this.#layers.entries()) {
      for (const [direction, stack] of both.entries()) {
        if (stack.inputs !== below) stack.inputs.set(below);
        const options = { state: [state[2 * layer + direction]], training, reverse: direction === 1 };
        after.push(...stack.forward(options));
      }
      this.#join(both.map((stack) => stack.outputs));
      if (this.#residual && layer > 0) for (const i of this.outputs.keys()) this.outputs[i] += below[i];
      // The next layer's own copy outlives this one.
      below = this.#layers[layer + 1]?.[0].inputs ?? this.outputs;
      if (below !== this.outputs) below.set(this.outputs);
    }
    return after;
  }

  backward(stateGradients?: readonly LayerState[]): LayerState[] {
    const before: LayerState[] = [];
    let gradients = this.outputGradients;
    for (let layer = this.#layers.length - 1; layer >= 0; layer--) {
      const both = this.#layers[layer];
      this.#part(
        gradients,
        both.map((stack) => stack.outputGradients),
      );
      const initial = both.map(
        (stack, direction) => stack.backward(stateGradients && [stateGradients[2 * layer + direction]])[0],
      );
      before.unshift(...initial);
      if (layer === 0) break;
      const [first, second] = both.map((stack) => stack.inputGradients);
      const passed = this.#residual ? gradients : undefined;
      gradients = first.map((value, i) => value + second[i] + (passed ? passed[i] : 0));
    }
    return before;
  }

  free(): void {
    for (const both of this.#layers) for (const stack of both) stack.free();
  }

  /** Rows of both directions, side by side, to the outputs. */
  #join(parts: readonly Float32Array[]): void {
    const width = parts[0].length / this.#positions;
    for (const [direction, part] of parts.entries())
      for (let i = 0; i < this.#positions; i++)
        this.outputs.set(part.subarray(i * width, (i + 1) * width), (2 * i + direction) * width);
  }

  /** The inverse, for gradients. */
  #part(joined: Float32Array, parts: readonly Float32Array[]): void {
    const width = parts[0].length / this.#positions;
    for (const [direction, part] of parts.entries())
      for (let i = 0; i < this.#positions; i++) {
        const from = (2 * i + direction) * width;
        part.set(joined.subarray(from, from + width), i * width);
      }
  }
}
