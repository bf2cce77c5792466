import type { Parameter } from '@throughtime/contract';
import type { Cell, Dropout, LayerParameters } from '@throughtime/wasm-kernels';
import { FusedPathError } from '../errors.js';
import { layerSuffix } from '../parameters/parameter-shapes.js';
import { isBuiltIn, type ResolvedConfig } from '../parameters/recurrent-config.js';

/**
 * The engine's name for a cell that it computes.
 * @throws FusedPathError for a cell of the user's own
 */
export function engineCell({
  cell,
  nonlinearity,
  resetAfter,
}: Pick<ResolvedConfig, 'cell' | 'nonlinearity' | 'resetAfter'>): Cell {
  if (cell === 'rnn') return nonlinearity === 'relu' ? 'rnn-relu' : 'rnn-tanh';
  if (cell === 'gru') return resetAfter ? 'gru' : 'gru-reset-before';
  if (!isBuiltIn(cell)) throw new FusedPathError(`'reference' for cell '${cell}'`);
  return cell;
}

/**
 * The dropout of a network as the engine takes it; undefined where nothing is dropped.
 * @param stacks runs of equal layers, bottom first. Dropout between two runs drops from the outputs of the lower one
 */
export function engineDropout(stacks: readonly ResolvedConfig[]): Dropout | undefined {
  const [{ dropout, layers }] = stacks;
  const { output } = stacks[stacks.length - 1].dropout;
  const { input, state, recurrentWeights, locked } = dropout;
  const between = stacks.length > 1 ? dropout.output : layers > 1 ? dropout.between : 0;
  return [input, between, output, state, recurrentWeights].some((p) => p > 0)
    ? { input, between, output, state, recurrentWeights, locked }
    : undefined;
}

/** The parameters of a layer without suffix, and the engine's names of them. */
const partNames: readonly (readonly [name: string, own: keyof LayerParameters])[] = [
  ['weight_ih', 'weightIh'],
  ['weight_hh', 'weightHh'],
  ['bias_ih', 'biasIh'],
  ['bias_hh', 'biasHh'],
  ['weight_hr', 'weightHr'],
  ['weight_peephole', 'weightPeephole'],
  ['gain_ih', 'gainIh'],
  ['gain_hh', 'gainHh'],
  ['gain_cell', 'gainCell'],
  ['bias_cell', 'biasCell'],
];

/**
 * The weights of each layer and direction, or their gradients, by the engine's names.
 * @param prefix what the names of this network's parameters begin with
 */
export function engineLayers(
  { layers, directions }: ResolvedConfig,
  parameters: readonly Parameter[],
  { of, prefix }: { readonly of: 'data' | 'gradient'; readonly prefix: string },
): LayerParameters[] {
  const named = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  return Array.from({ length: layers * directions }, (_, index) => {
    const array = (name: string) => named.get(prefix + name + layerSuffix(index, directions))?.[of];
    const found = partNames.map(([name, own]): [string, Float32Array | undefined] => [own, array(name)]);
    return Object.fromEntries(found.filter(([, values]) => values)) as unknown as LayerParameters;
  });
}
