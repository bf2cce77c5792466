// Every preset, at its full size, in a process of its own: that it can be trained at all, and in how much memory.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { presetNames } from '@throughtime/lang-model';
import { describe, expect, it } from 'vitest';
import type { TrainSettings } from './core/settings.js';
import { optimizerFor } from './core/training-run.js';

const script = fileURLToPath(new URL('fixtures/take-updates.mjs', import.meta.url));
const float = 4;
/** Node, its code and the text as tokens, before any network. */
const baseMemory = 250e6;
/** Over what training cannot do without: weights, gradients, what the optimizer keeps, and what the backward pass reads. */
const timesTheFloor = 3;
/** Networks of 20 to 66 million weights, a minute each: CI takes updates of them by `reproduce -- all --quick`, held to their memory too. */
const large = ['ptb-medium', 'ptb-large', 'awd-lstm'];
const tried = presetNames.filter((name) => process.env.THROUGHTIME_LONG || !large.includes(name));
/** Ten steps of the largest take half a minute; a machine that others use makes minutes of it. */
const mostMilliseconds = 900_000;
const updates = process.env.THROUGHTIME_LONG ? 10 : 3;

interface Updates {
  readonly losses: readonly number[];
  readonly parameters: number;
  readonly vocabulary: number;
  readonly path: string;
  /** Bytes. */
  readonly peak: number;
  readonly settings: TrainSettings;
}

function floorOf({ parameters, vocabulary, settings }: Updates): number {
  const { batch, steps, hiddenSize, layers } = settings;
  const units = typeof hiddenSize === 'number' ? layers * hiddenSize : hiddenSize.reduce((a, b) => a + b, 0);
  const slots = optimizerFor(settings).rule.slots.length;
  // Of each token: gates, states and what dropout made of them, and the probabilities.
  return float * ((2 + slots) * parameters + batch * steps * (8 * units + vocabulary));
}

describe('presets', () => {
  it.for(tried)(
    `%s takes ${updates} steps in the engine, within its memory`,
    { timeout: mostMilliseconds },
    async (name) => {
      const { stdout } = await promisify(execFile)(process.execPath, [script, name, String(updates)]);
      const taken: Updates = JSON.parse(stdout);
      expect(taken.losses).toHaveLength(updates);
      for (const loss of taken.losses) expect(loss).toBeLessThan(100);
      expect(taken.path).toBe('fused');
      expect(taken.settings.tokens === 'word' ? taken.vocabulary : 10_000).toBe(10_000);
      expect(taken.peak).toBeLessThan(baseMemory + timesTheFloor * floorOf(taken));
    },
  );
});
