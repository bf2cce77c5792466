import type { Awaitable, Parameter } from '@throughtime/contract';
import { ArgumentError, inWords } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { type RecurrentConfig, type ResolvedConfig, resolveConfig } from '../parameters/recurrent-config.js';
import { recurrentParameters } from '../parameters/recurrent-parameters.js';
import { zeroState } from '../parameters/zero-state.js';
import { chooseExecution, type Execution, type ExecutionPath, networkObstacle } from './choose-execution.js';
import { CompiledShapes } from './compiled-shapes.js';
import { type CompiledNetwork, compileNetwork } from './directed-stack.js';
import { engineLayers } from './engine-names.js';
import { referencePath } from './reference-path.js';
import type { ChunkShape, SequenceOutputs, SequenceState } from './sequences.js';

/**
 * A recurrent network with its parameters, which runs over whole sequences, forward and backward, in plain arrays. Heads stand on
 * this, and do not see what computes. The engine answers at once, the reference path by a promise.
 */
export interface SequenceNetwork {
  /** What computes. */
  readonly path: ExecutionPath;
  /** Weights and gradients by PyTorch's names. */
  readonly parameters: readonly Parameter[];
  /** D */
  readonly inputSize: number;
  /** H */
  readonly hiddenSize: number;
  /** Zeros, one entry per layer and direction, for N = `batchSize` rows. */
  initialState(batchSize: number): SequenceState;
  /**
   * @param inputs [N, T, D]
   * @param options.training whether `backward` will follow. Default: false, which needs less memory
   */
  forward(
    inputs: Float32Array,
    state: SequenceState,
    shape: ChunkShape,
    options?: { readonly training?: boolean },
  ): Awaitable<SequenceOutputs>;
  /**
   * Backward through the last forward pass, which was for training; overwrites every parameter's gradient.
   * @param outputGradient the loss's gradient at the outputs, [N, T, H]
   * @param stateGradient its gradient at the state after the last step, where the loss depends on it otherwise
   * @returns its gradient at the state before the first step
   */
  backward(outputGradient: Float32Array, stateGradient?: SequenceState): Awaitable<SequenceState>;
}

/** How {@link sequenceNetwork} makes a network. */
export interface SequenceNetworkOptions {
  /** Draws the starting weights. */
  readonly random: Random;
  /** Put before parameter names. Default: 'rnn.' */
  readonly prefix?: string | undefined;
  /** Default: fused where the engine runs and computes the network. */
  readonly path?: ExecutionPath | undefined;
}

/**
 * Creates a network on the path that fits. Both paths start from the same weights.
 * @throws ArgumentError; FusedPathError when the fused path is asked for and cannot be taken
 *
 * @example
 * ```ts
 * import { Random } from '@throughtime/random';
 * import { createSequenceNetwork } from '@throughtime/rnn-cells';
 * const config = { cell: 'lstm', inputSize: 2, hiddenSize: 8 } as const;
 * const network = createSequenceNetwork(config, { random: Random.seeded(1) });
 * for (const { name, shape } of network.parameters) console.log(name, shape); // rnn.weight_ih_l0 [32, 2], ...
 * ```
 */
export function createSequenceNetwork(
  config: RecurrentConfig,
  { random, prefix = 'rnn.', path }: SequenceNetworkOptions,
): SequenceNetwork {
  const resolved = resolveConfig(config);
  const execution = chooseExecution({ path, obstacle: networkObstacle([resolved]) });
  const parameters = recurrentParameters(resolved, { random, prefix, allocator: execution.allocator });
  return execution.path === 'fused'
    ? new EngineNetwork(execution, resolved, parameters, prefix)
    : new ReferenceNetwork(resolved, parameters, prefix);
}

/** What both paths have. */
abstract class Network {
  readonly parameters: readonly Parameter[];
  readonly inputSize: number;
  readonly hiddenSize: number;
  protected readonly config: ResolvedConfig;

  constructor(config: ResolvedConfig, parameters: readonly Parameter[]) {
    this.config = config;
    this.inputSize = config.inputSize;
    this.hiddenSize = config.hiddenSize;
    this.parameters = parameters;
  }

  initialState(batchSize: number): SequenceState {
    return zeroState(this.config, batchSize);
  }
}

interface StackShape extends ChunkShape {
  readonly training: boolean;
}

/** The fused path: whole sequences in the engine, in whose memory the parameters lie. */
class EngineNetwork extends Network implements SequenceNetwork {
  readonly path = 'fused';
  readonly #stacks: CompiledShapes<StackShape, CompiledNetwork>;
  #last: CompiledNetwork | undefined;

  constructor(
    { engine }: Extract<Execution, { path: 'fused' }>,
    config: ResolvedConfig,
    parameters: readonly Parameter[],
    prefix: string,
  ) {
    super(config, parameters);
    this.#stacks = new CompiledShapes(engine, { most: 6 }, ({ batchSize, steps, training }) => {
      return compileNetwork(engine, config, {
        batchSize,
        steps,
        parameters: engineLayers(config, parameters, { of: 'data', prefix }),
        ...(training && { gradients: engineLayers(config, parameters, { of: 'gradient', prefix }) }),
      });
    });
  }

  forward(
    inputs: Float32Array,
    state: SequenceState,
    { batchSize, steps }: ChunkShape,
    { training = false }: { readonly training?: boolean } = {},
  ): SequenceOutputs {
    return this.#stacks.run({ batchSize, steps, training }, (stack) => {
      stack.inputs.set(inputs);
      const after = stack.forward({ state, training });
      this.#last = training ? stack : undefined;
      return { outputs: stack.outputs, state: after };
    });
  }

  backward(outputGradient: Float32Array, stateGradient?: SequenceState): SequenceState {
    if (this.#last === undefined) throw noForwardPass();
    this.#last.outputGradients.set(outputGradient);
    return this.#last.backward(stateGradient);
  }
}

/** The reference path, whose operations are loaded when it first runs. */
class ReferenceNetwork extends Network implements SequenceNetwork {
  readonly path = 'reference';
  readonly #prefix: string;
  #last: Chunk | undefined;

  constructor(config: ResolvedConfig, parameters: readonly Parameter[], prefix: string) {
    super(config, parameters);
    this.#prefix = prefix;
  }

  async forward(inputs: Float32Array, state: SequenceState, shape: ChunkShape): Promise<SequenceOutputs> {
    const chunk = { inputs, state, shape };
    this.#last = chunk;
    const { sequenceForward } = await referencePath.load();
    return sequenceForward(this.#network, chunk);
  }

  async backward(outputGradient: Float32Array, stateGradient?: SequenceState): Promise<SequenceState> {
    const chunk = this.#last;
    if (chunk === undefined) throw noForwardPass();
    const { sequenceBackward } = await referencePath.load();
    return sequenceBackward(this.#network, { ...chunk, outputGradient, stateGradient });
  }

  get #network() {
    return { config: this.config, parameters: this.parameters, prefix: this.#prefix };
  }
}

interface Chunk {
  readonly inputs: Float32Array;
  readonly state: SequenceState;
  readonly shape: ChunkShape;
}

function noForwardPass(): ArgumentError {
  return new ArgumentError('backward', 'a forward pass for training before it', inWords('none'));
}
