import type { Parameter } from '@throughtime/contract';
import { showValue, ThroughtimeError } from '@throughtime/errors';
import type { CellName, RecurrentConfig } from '@throughtime/rnn-cells';
import { type ResolvedModelConfig, resolveModelConfig } from '../recurrent/model-config.js';
import type { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import {
  encodeOnnx,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './onnx-protobuf.js';

/** An architecture that ONNX's RNN, GRU and LSTM operators cannot express. */
export class UnsupportedExportError extends ThroughtimeError {
  override name = 'UnsupportedExportError';

  constructor(field: string, expected: string, got: unknown) {
    super(`export to ONNX: ${field}: expected ${expected}, got ${showValue(got)}`);
  }
}

/**
 * A model as an ONNX file, for any runtime that reads one: whole sequences, or one step at a time with the state passed on.
 *
 * Inputs: `tokens` int64 [N, T]; for each layer i `h_i` float32 [1, N, H], and for an LSTM `c_i` (zeros to start).
 * Outputs: `logits` float32 [N, T, V], of the token after each; `h_i_next`, `c_i_next`, shaped as the inputs. N and T are free.
 *
 * @throws UnsupportedExportError for architectures beyond RNN, GRU and LSTM stacks (layer norm, peepholes, projections,
 *   residual stacks, minGRU and minLSTM). Dropout and zoneout are left out: they belong to training, except zoneout,
 *   whose evaluation differs
 */
export function exportOnnx(model: RecurrentLanguageModel): Uint8Array {
  const architecture = resolveModelConfig(model.config);
  for (const { config } of architecture.stacks) requireSupported(config);
  const parameters = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  return encodeOnnx(new GraphBuilder(architecture, parameters).build(), {
    vocabularySize: String(architecture.vocabularySize),
  });
}

function requireSupported(config: RecurrentConfig): void {
  const { cell, layerNorm, peephole, projectionSize, residual, zoneout } = config;
  if (cell !== 'rnn' && cell !== 'gru' && cell !== 'lstm')
    throw new UnsupportedExportError('cell', 'rnn, gru or lstm', cell);
  if (layerNorm) throw new UnsupportedExportError('layerNorm', 'false', layerNorm);
  if (peephole) throw new UnsupportedExportError('peephole', 'false', peephole);
  if (projectionSize) throw new UnsupportedExportError('projectionSize', 'none', projectionSize);
  if (residual) throw new UnsupportedExportError('residual', 'false', residual);
  if (zoneout?.hidden || zoneout?.cell) throw new UnsupportedExportError('zoneout', 'none', zoneout);
}

/** Adds nodes and constants one after another; each method returns the name of what it has computed. */
class GraphBuilder {
  readonly #architecture: ResolvedModelConfig;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #inputs: OnnxValue[] = [{ name: 'tokens', type: 'int64', shape: ['N', 'T'] }];
  readonly #outputs: OnnxValue[] = [];

  constructor(architecture: ResolvedModelConfig, parameters: ReadonlyMap<string, Parameter>) {
    this.#architecture = architecture;
    this.#parameters = parameters;
  }

  build(): OnnxGraph {
    const { vocabularySize: V, stacks } = this.#architecture;
    // ONNX's recurrent operators take time first.
    let x = this.#node('Transpose', [this.#embed()], 'embedded_time_first', { perm: [1, 0, 2] });
    let layer = 0;
    for (const { prefix, config } of stacks)
      for (let i = 0; i < (config.layers ?? 1); i++) x = this.#recurrentLayer(config, prefix, i, layer++, x);
    const outputs = this.#node('Transpose', [x], 'outputs', { perm: [1, 0, 2] });
    this.#decode(outputs);
    this.#outputs.unshift({ name: 'logits', type: 'float32', shape: ['N', 'T', V] });
    return {
      name: 'recurrent-language-model',
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }

  /** tokens [N, T] to [N, T, E], or unit vectors [N, T, V]. */
  #embed(): string {
    if (this.#architecture.embedding !== 'one-hot')
      return this.#node(
        'Gather',
        [this.#constant(this.#parameter('embedding.weight')), 'tokens'],
        'embedded',
      );
    this.#initializers.push({ name: 'depth', shape: [], data: [this.#architecture.vocabularySize] });
    this.#initializers.push({ name: 'off_on', shape: [2], data: Float32Array.of(0, 1) });
    return this.#node('OneHot', ['tokens', 'depth', 'off_on'], 'embedded');
  }

  /** x [T, N, D] to [T, N, H]. */
  #recurrentLayer(config: RecurrentConfig, prefix: string, index: number, layer: number, x: string): string {
    const { cell, hiddenSize: H } = config;
    const weights = ['weight_ih', 'weight_hh'].map((name) => {
      const { data, shape } = this.#parameter(`${prefix}${name}_l${index}`);
      const values = reorderGates(cell, data);
      return this.#constant({ name: `${name}_${layer}`, shape: [1, ...shape], data: values });
    });
    const biases = ['bias_ih', 'bias_hh'].map((name) =>
      reorderGates(cell, this.#parameter(`${prefix}${name}_l${index}`).data),
    );
    const bias = Float32Array.from([...biases[0], ...biases[1]]);
    const states = cell === 'lstm' ? ['h', 'c'] : ['h'];
    for (const name of states) {
      this.#inputs.push({ name: `${name}_${layer}`, type: 'float32', shape: [1, 'N', H] });
      this.#outputs.push({ name: `${name}_${layer}_next`, type: 'float32', shape: [1, 'N', H] });
    }
    this.#nodes.push({
      operator: cell.toUpperCase(),
      inputs: [
        x,
        ...weights,
        this.#constant({ name: `bias_${layer}`, shape: [1, bias.length], data: bias }),
        '', // lengths: all rows are whole
        ...states.map((name) => `${name}_${layer}`),
      ],
      outputs: [`y_${layer}`, ...states.map((name) => `${name}_${layer}_next`)],
      attributes: {
        hidden_size: H,
        ...(cell === 'rnn' && { activations: [config.nonlinearity === 'relu' ? 'Relu' : 'Tanh'] }),
        ...(cell === 'gru' && { linear_before_reset: config.resetAfter === false ? 0 : 1 }),
      },
    });
    // Y is [T, directions, N, H].
    const axis = this.#constant({ name: `direction_axis_${layer}`, shape: [1], data: [1] });
    return this.#node('Squeeze', [`y_${layer}`, axis], `output_${layer}`);
  }

  /** Outputs [N, T, O] to logits [N, T, V]. */
  #decode(outputs: string): void {
    const weight = this.#parameter(this.#architecture.tied ? 'embedding.weight' : 'decoder.weight');
    const constant = this.#constant(weight);
    const transposed = this.#node('Transpose', [constant], 'decoder_weight_transposed', { perm: [1, 0] });
    const product = this.#node('MatMul', [outputs, transposed], 'decoded');
    this.#node('Add', [product, this.#constant(this.#parameter('decoder.bias'))], 'logits');
  }

  #parameter(name: string): Parameter {
    return this.#parameters.get(name)!;
  }

  #constant(tensor: OnnxTensor): string {
    if (!this.#initializers.some(({ name }) => name === tensor.name)) {
      const { name, shape, data } = tensor;
      this.#initializers.push({ name, shape, data });
    }
    return tensor.name;
  }

  #node(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: NonNullable<OnnxNode['attributes']> = {},
  ): string {
    this.#nodes.push({ operator, inputs, outputs: [output], attributes });
    return output;
  }
}

/** By ONNX gate, which of PyTorch's gates it is: LSTM i o f c of i f g o; GRU z r h of r z n. */
const gateOrders: Readonly<Partial<Record<CellName, readonly number[]>>> = {
  rnn: [0],
  gru: [1, 0, 2],
  lstm: [0, 3, 1, 2],
};

/** The gates' blocks of H rows of a weight [G H, columns] or bias [G H], from PyTorch's order to ONNX's. */
function reorderGates(cell: CellName, values: Float32Array): Float32Array {
  const order = gateOrders[cell]!;
  const block = values.length / order.length;
  const reordered = new Float32Array(values.length);
  order.forEach((from, to) => {
    reordered.set(values.subarray(from * block, (from + 1) * block), to * block);
  });
  return reordered;
}
