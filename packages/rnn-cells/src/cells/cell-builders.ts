import type { CellName } from '../recurrent-config.js';
import type { CellBuilder } from './cell.js';
import { gruCell } from './gru-cell.js';
import { lstmCell } from './lstm-cell.js';
import { minGruCell, minLstmCell } from './min-cells.js';
import { rnnCell } from './rnn-cell.js';

/** The cells by name. */
export const cellBuilders: Readonly<Record<CellName, CellBuilder>> = {
  rnn: rnnCell,
  gru: gruCell,
  lstm: lstmCell,
  mingru: minGruCell,
  minlstm: minLstmCell,
};
