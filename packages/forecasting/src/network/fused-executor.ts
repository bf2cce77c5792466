import type { Parameter } from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import {
  EngineAllocator,
  type RecurrentConfig,
  recurrentParameters,
  zeroState,
} from '@throughtime/rnn-cells';
import { type Engine, type LayerParameters, RecurrentStack } from '@throughtime/wasm-kernels';
import type {
  ChunkShape,
  SequenceExecutor,
  SequenceOptions,
  SequenceOutputs,
  SequenceState,
} from './sequence-executor.js';

/** How many batch shapes keep their buffers cached. */
const keptShapes = 6;

/** Frees the buffers of executors that were garbage collected. */
const abandoned = new FinalizationRegistry<Map<string, RecurrentStack>>((stacks) => {
  for (const stack of stacks.values()) stack.free();
});

/** The fast path: whole sequences in the WebAssembly engine, in whose memory the parameters lie. */
export class FusedExecutor implements SequenceExecutor {
  readonly parameters: readonly Parameter[];
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly #engine: Engine;
  readonly #config: RecurrentConfig;
  readonly #prefix: string;
  /** By shape, most recently used last. */
  readonly #stacks = new Map<string, RecurrentStack>();
  #last: RecurrentStack | undefined;

  constructor(
    engine: Engine,
    config: RecurrentConfig,
    { random, prefix }: { readonly random: Random; readonly prefix: string },
  ) {
    this.#engine = engine;
    this.#config = config;
    this.#prefix = prefix;
    this.inputSize = config.inputSize;
    this.hiddenSize = config.hiddenSize;
    this.parameters = recurrentParameters(config, { random, prefix, allocator: new EngineAllocator(engine) });
    abandoned.register(this, this.#stacks);
  }

  initialState(batchSize: number): SequenceState {
    return zeroState(this.#config, batchSize);
  }

  forward(
    inputs: Float32Array,
    state: SequenceState,
    shape: ChunkShape,
    { training = false }: SequenceOptions = {},
  ): SequenceOutputs {
    const stack = this.#stack(shape, training);
    stack.inputs.set(inputs);
    const after = stack.forward({ state, training });
    this.#last = training ? stack : undefined;
    return { outputs: stack.outputs, state: after };
  }

  backward(outputGradient: Float32Array, stateGradient?: SequenceState): SequenceState {
    if (this.#last === undefined) throw new Error('backward: expected a forward pass for training before it');
    this.#last.outputGradients.set(outputGradient);
    return this.#last.backward(stateGradient);
  }

  #stack({ batchSize, steps }: ChunkShape, training: boolean): RecurrentStack {
    const key = `${batchSize} x ${steps}, ${training}`;
    const stack = this.#stacks.get(key) ?? this.#createStack({ batchSize, steps }, training);
    this.#stacks.delete(key);
    this.#stacks.set(key, stack);
    for (const [oldest, unused] of this.#stacks) {
      if (this.#stacks.size <= keptShapes) break;
      this.#stacks.delete(oldest);
      unused.free();
    }
    return stack;
  }

  #createStack(shape: ChunkShape, training: boolean): RecurrentStack {
    const { cell, inputSize, hiddenSize } = this.#config;
    const options = {
      cell: cell === 'rnn' ? 'rnn-tanh' : (cell as 'gru' | 'lstm'),
      inputSize,
      hiddenSize,
      ...shape,
      parameters: this.#layers('data'),
      ...(training && { gradients: this.#layers('gradient') }),
    } as const;
    return this.#engine.allOrNothing(() => new RecurrentStack(this.#engine, options));
  }

  #layers(of: 'data' | 'gradient'): LayerParameters[] {
    const named = new Map(this.parameters.map((parameter) => [parameter.name, parameter[of]]));
    const array = (name: string) => named.get(this.#prefix + name)!;
    return Array.from({ length: this.#config.layers ?? 1 }, (_, layer) => ({
      weightIh: array(`weight_ih_l${layer}`),
      weightHh: array(`weight_hh_l${layer}`),
      biasIh: array(`bias_ih_l${layer}`),
      biasHh: array(`bias_hh_l${layer}`),
    }));
  }
}
