export { messageForCommand, nameArguments } from './argument-names.js';
export { asCalled } from './called-name.js';
export type { CommandTable } from './command-table.js';
export { requireEmptyFolder } from './empty-folder.js';
export { UsageError } from './errors.js';
export { HeldFolder } from './held-folder.js';
export { endingAtOnce, interruptible, reportInterrupted } from './interrupt.js';
export {
  type CardData,
  type CardEntry,
  type CardFacts,
  cardRows,
  carryCard,
  type ModelCard,
  readCard,
  saveCard,
} from './model-card.js';
export {
  acceptDamageOption,
  integerOption,
  numberListOption,
  numberOption,
  threadsOption,
} from './options.js';
export { endsWithParent, exitCode, runProgram } from './program.js';
export {
  consoleReporter,
  jsonReporter,
  type Reporter,
  type ReporterOptions,
  reporterFor,
} from './reporter.js';
export { textTable } from './text-table.js';
