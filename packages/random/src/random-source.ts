import { type Check, withMethods } from '@throughtime/errors';
import type { Random } from './random.js';

/** The check of an argument that must be a {@link Random}: `random: required(randomSource)`. */
export const randomSource: Check<Random> = withMethods<Random>('a Random, such as Random.seeded(1)', [
  'uniform',
]);
