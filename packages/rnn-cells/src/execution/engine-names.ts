import type { Parameter } from '@throughtime/contract';
import type { Cell, Dropout, LayerParameters } from '@throughtime/wasm-kernels';
import { layerSuffix } from '../parameters/parameter-shapes.js';
import type { ResolvedConfig } from '../parameters/recurrent-config.js';

/** The engine's name for a cell that it computes. */
export function engineCell({ cell, nonlinearity, resetAfter }: ResolvedConfig): Cell {
  if (cell === 'rnn') return nonlinearity === 'relu' ? 'rnn-relu' : 'rnn-tanh';
  if (cell === 'gru') return resetAfter ? 'gru' : 'gru-reset-before';
  return cell;
}

/** A network's dropout as the engine takes it; undefined where nothing is dropped. */
export function engineDropout({ dropout, layers }: ResolvedConfig): Dropout | undefined {
  const { input, output, state, locked } = dropout;
  const between = layers > 1 ? dropout.between : 0;
  return [input, between, output, state].some((p) => p > 0)
    ? { input, between, output, state, locked }
    : undefined;
}

/**
 * The weights of each layer, or their gradients, by the engine's names.
 * @param prefix what the names of this network's parameters begin with
 */
export function engineLayers(
  { layers }: ResolvedConfig,
  parameters: readonly Parameter[],
  { of, prefix }: { readonly of: 'data' | 'gradient'; readonly prefix: string },
): LayerParameters[] {
  const named = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  return Array.from({ length: layers }, (_, layer) => {
    const array = (name: string) => named.get(prefix + name + layerSuffix(layer, 1))?.[of];
    const [weightHh, biasHh] = [array('weight_hh'), array('bias_hh')];
    return {
      weightIh: array('weight_ih')!,
      biasIh: array('bias_ih')!,
      ...(weightHh && biasHh && { weightHh, biasHh }),
    };
  });
}
