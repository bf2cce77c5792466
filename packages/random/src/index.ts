export { InvalidRandomStateError, InvalidSeedError } from './errors.js';
export { Random, type Shufflable } from './random.js';
export { randomSource } from './random-source.js';
