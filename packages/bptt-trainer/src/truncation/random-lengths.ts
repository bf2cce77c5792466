import type { Random } from '@throughtime/random';
import { InvalidArgumentError, requireNumber, requireWhole } from '../errors.js';
import { plainWindow, type Truncation, type Window } from './truncation.js';

export interface RandomLengthsOptions {
  /** Steps of a usual chunk; 70 in the paper. */
  readonly steps: number;
  /** Probability that a chunk is drawn around half as many steps. Default 0.05. */
  readonly halved?: number;
  /** Standard deviation of a chunk's steps. Default 5. */
  readonly deviation?: number;
  /** The fewest steps of a chunk that is not cut off by the batch's end. Default 5. */
  readonly shortest?: number;
}

/**
 * Chunks of random lengths with an update after each, so that no place in the text is always the first or the last of a
 * chunk (Merity, Keskar and Socher 2018, section 5): the length is drawn from N(steps, deviation), or with probability
 * `halved` from N(steps / 2, deviation), rounded down. The learning rate of the update is that of the schedule times
 * length / steps: the loss is a mean, and short chunks would count for more (of 'sum-over-time' they do not, and it is left alone).
 *
 * A batch is cut into many such chunks, the last one shorter: let batches be long, `steps` of the source the whole text
 * for instance.
 */
export function randomLengths(options: RandomLengthsOptions): Truncation {
  const { steps, halved = 0.05, deviation = 5, shortest = 5 } = options;
  requireWhole('randomLengths: steps', steps, 1);
  requireNumber(
    'randomLengths: halved',
    halved,
    'a probability in [0, 1]',
    (value) => value >= 0 && value <= 1,
  );
  requireNumber('randomLengths: deviation', deviation, 'a number of at least 0', (value) => value >= 0);
  requireWhole('randomLengths: shortest', shortest, 1);
  if (shortest > steps)
    throw new InvalidArgumentError('randomLengths: shortest', `at most the ${steps} steps`, shortest);
  const draw = (random: Random) => {
    const mean = random.uniform() < halved ? steps / 2 : steps;
    return Math.max(shortest, Math.floor(mean + deviation * random.normal()));
  };
  return {
    name: `randomLengths(${steps})`,
    windows(length, random) {
      const windows: Window[] = [];
      for (let start = 0; start < length; ) {
        const end = Math.min(start + draw(random), length);
        windows.push(plainWindow(start, end, { rateFactor: (end - start) / steps }));
        start = end;
      }
      return windows;
    },
  };
}
