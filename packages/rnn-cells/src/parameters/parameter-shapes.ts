import { customCell } from './custom-cells.js';
import type { ParameterRole, ParameterShape } from './parameter-shape.js';
import { type RecurrentConfig, type ResolvedConfig, resolveConfig } from './recurrent-config.js';

/**
 * The parameters of a network, in PyTorch's order, names, shapes and order of gates (rnn: one; gru: r z n; lstm:
 * i f g o). What PyTorch does not have follows within its layer: `gain_ih`, `gain_hh` [G H] (layer norm of the
 * two products), `gain_cell`, `bias_cell` [H] (of an lstm's cell), `weight_peephole` [3, H] (rows i f o). Last come a custom cell's own.
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
  const { cell, gates, recurrent, hiddenSize, stateSize, projectionSize, peephole, layerNorm } = config;
  const rows = gates * hiddenSize;
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
  const own = customCell(cell)?.parameters?.({ inputSize, hiddenSize }) ?? [];
  return [...shapes, ...own];
}

/** '_l0', '_l0_reverse', '_l1', ...: the ending of the names of the layer at `index` of a state. */
export function layerSuffix(index: number, directions: number): string {
  return `_l${Math.floor(index / directions)}${index % directions === 1 ? '_reverse' : ''}`;
}
