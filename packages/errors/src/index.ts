export { ArgumentError, type ArgumentErrorOptions, UnknownOptionError } from './argument-error.js';
export {
  abortSignal,
  anything,
  boolean,
  type Check,
  callback,
  check,
  dropRate,
  either,
  exactly,
  instance,
  isBytes,
  list,
  nonEmptyText,
  number,
  numbers,
  oneOf,
  plainData,
  positive,
  probability,
  type Range,
  text,
  whole,
  withExpected,
  withMethods,
} from './checks.js';
export { nearestName } from './nearest-name.js';
export {
  checkOptions,
  type DefaultedCheck,
  isRecord,
  type OptionChecks,
  type RequiredCheck,
  record,
  required,
  resolveOptions,
  withDefault,
} from './options.js';
export {
  NewerVersionError,
  type ReadSaved,
  type SavedFields,
  SavedFormat,
  savedFields,
  withFields,
} from './saved-format.js';
export {
  escapeControls,
  grouped,
  type InWords,
  inWords,
  longestMessage,
  shortened,
  showValue,
} from './show-value.js';
export { isUserError, messageOf, ThroughtimeError } from './throughtime-error.js';
