export { ArgumentError } from '@throughtime/errors';
export { InvalidRandomStateError, InvalidSeedError } from './errors.js';
export { Random, randomSource, type Shufflable } from './random.js';
