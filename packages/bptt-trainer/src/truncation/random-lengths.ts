import {
  ArgumentError,
  checkOptions,
  number,
  type OptionChecks,
  probability,
  required,
  whole,
} from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { plainWindow, type Truncation, type Window } from './truncation.js';

/** How long chunks are drawn (Merity, Keskar and Socher 2017). */
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

/** The defaults of {@link randomLengths}: the paper's. */
export const randomLengthsDefaults = { halved: 0.05, deviation: 5, shortest: 5 };

const randomLengthsChecks: OptionChecks<RandomLengthsOptions> = {
  steps: required(whole({ from: 1 })),
  halved: probability,
  deviation: number({ from: 0 }),
  shortest: whole({ from: 1 }),
};

/**
 * Chunks of random lengths with an update after each (Merity, Keskar and Socher 2018, section 5). No place in the text is then always the
 * first or the last of a chunk. The length is drawn from N(steps, deviation), or with probability
 * `halved` from N(steps / 2, deviation), and rounded down. The update's learning rate is the schedule's times length / steps:
 * the loss is a mean, so short chunks would count for more. With 'sum-over-time' they would not, and the rate stays.
 *
 * A batch is cut into as many chunks as fit, the last one shorter. Make batches long: `steps` of the source may be the whole text.
 * @throws ArgumentError
 */
export function randomLengths(options: RandomLengthsOptions): Truncation {
  checkOptions<RandomLengthsOptions>(options, randomLengthsChecks);
  const {
    steps,
    halved = randomLengthsDefaults.halved,
    deviation = randomLengthsDefaults.deviation,
    shortest = randomLengthsDefaults.shortest,
  } = options;
  if (shortest > steps) throw new ArgumentError('shortest', `at most the ${steps} steps`, shortest);
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
