import { type RecurrentConfig, type ResolvedConfig, resolveConfig } from './recurrent-config.js';

/** What a parameter is for: initializers treat them differently. */
export type ParameterRole =
  | 'input weight'
  | 'recurrent weight'
  | 'projection'
  | 'peephole'
  | 'bias'
  /** Layer norm's factor, 1 at the start. */
  | 'gain'
  /** Layer norm's summand, 0 at the start. */
  | 'shift';

/** A parameter that a configuration calls for. */
export interface ParameterShape {
  /** PyTorch's name, without prefix: 'weight_ih_l0', 'bias_hh_l1_reverse'. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: ParameterRole;
}

/**
 * The parameters of a network, in PyTorch's order, names, shapes and order of gates (rnn: one; gru: r z n; lstm:
 * i f g o). What PyTorch does not have follows within its layer: `gain_ih`, `gain_hh` [G H] (layer norm of the
 * two products), `gain_cell`, `bias_cell` [H] (of an lstm's cell), `weight_peephole` [3, H] (rows i f o).
 * @throws ArgumentError
 */
export function parameterShapes(config: RecurrentConfig): ParameterShape[] {
  const resolved = resolveConfig(config);
  const { layers, directions, inputSize, outputSize } = resolved;
  return Array.from({ length: layers * directions }, (_, index) =>
    layerShapes(resolved, index < directions ? inputSize : outputSize).map(({ name, ...rest }) => ({
      name: name + layerSuffix(index, directions),
      ...rest,
    })),
  ).flat();
}

/** The parameters of one layer in one direction, their names without suffix. */
function layerShapes(config: ResolvedConfig, inputSize: number): ParameterShape[] {
  const { cell, gates, hiddenSize, stateSize, projectionSize, peephole, layerNorm } = config;
  const rows = gates * hiddenSize;
  const recurrent = !cell.startsWith('min');
  const shapes: ParameterShape[] = [];
  const add = (name: string, shape: number[], role: ParameterRole) => shapes.push({ name, shape, role });

  add('weight_ih', [rows, inputSize], 'input weight');
  if (recurrent) add('weight_hh', [rows, stateSize], 'recurrent weight');
  add('bias_ih', [rows], 'bias');
  if (recurrent) add('bias_hh', [rows], 'bias');
  if (projectionSize) add('weight_hr', [projectionSize, hiddenSize], 'projection');
  if (peephole) add('weight_peephole', [3, hiddenSize], 'peephole');
  if (layerNorm) {
    add('gain_ih', [rows], 'gain');
    if (recurrent) add('gain_hh', [rows], 'gain');
    if (cell === 'lstm') {
      add('gain_cell', [hiddenSize], 'gain');
      add('bias_cell', [hiddenSize], 'shift');
    }
  }
  return shapes;
}

/** '_l0', '_l0_reverse', '_l1', ...: the ending of the names of the layer at `index` of a state. */
export function layerSuffix(index: number, directions: number): string {
  return `_l${Math.floor(index / directions)}${index % directions === 1 ? '_reverse' : ''}`;
}
