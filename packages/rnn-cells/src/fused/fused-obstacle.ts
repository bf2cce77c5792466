import type { Cell } from '@throughtime/wasm-kernels';
import type { ResolvedConfig } from '../recurrent-config.js';

/** The field of a configuration that the engine does not compute, or undefined. */
export function fusedObstacle(config: ResolvedConfig): string | undefined {
  if (config.cell === 'mingru' || config.cell === 'minlstm') return `cell '${config.cell}'`;
  if (config.layerNorm) return 'layerNorm';
  if (config.peephole) return 'peephole';
  if (config.projectionSize !== undefined) return 'projectionSize';
  if (config.zoneout.hidden > 0 || config.zoneout.cell > 0) return 'zoneout';
  return undefined;
}

/** The engine's name for a cell that it computes. */
export function engineCell({ cell, nonlinearity, resetAfter }: ResolvedConfig): Cell {
  if (cell === 'rnn') return nonlinearity === 'relu' ? 'rnn-relu' : 'rnn-tanh';
  if (cell === 'gru') return resetAfter ? 'gru' : 'gru-reset-before';
  return 'lstm';
}
