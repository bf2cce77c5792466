export { InvalidRandomStateError, InvalidSeedError } from './errors.js';
export { Random, type Shufflable } from './random.js';
