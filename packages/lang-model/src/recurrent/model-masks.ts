import type { Random } from '@throughtime/random';
import { drawMasks, type Mask, type RecurrentMasks } from '@throughtime/rnn-cells';
import type { ResolvedModelConfig } from './model-config.js';

/** Every random choice of one training chunk. */
export interface ModelMasks {
  /** Factor of each token's vector, [V]: 0 for the dropped, 1 / (1 - p) for the kept. */
  readonly tokens?: Float32Array;
  /** By stack. */
  readonly stacks: readonly (RecurrentMasks | undefined)[];
}

/** Draws the masks of one chunk of N rows and T steps: each call draws new ones, so every training step has its own. */
export function drawModelMasks(
  model: ResolvedModelConfig,
  batchSize: number,
  steps: number,
  random: Random,
): ModelMasks {
  const { embeddingDropout: p, vocabularySize, stacks } = model;
  const drawn = stacks.map(({ config }) => drawMasks(config, { batchSize, steps, random }));
  if (p === 0) return { stacks: drawn };
  const tokens = Float32Array.from({ length: vocabularySize }, () =>
    random.uniform() < p ? 0 : 1 / (1 - p),
  );
  return { tokens, stacks: drawn };
}

/** The part of a chunk's masks for its steps `from` to `to` (excluded). */
export function sliceMasks(masks: RecurrentMasks, from: number, to: number): RecurrentMasks {
  const slice = (mask: Mask | undefined) => (mask ? sliceMask(mask, from, to) : undefined);
  return {
    ...masks, // what serves all steps
    layers: masks.layers.map(slice),
    hiddenZoneout: masks.hiddenZoneout.map(slice),
    cellZoneout: masks.cellZoneout.map(slice),
  };
}

function sliceMask(mask: Mask, from: number, to: number): Mask {
  const [steps, batchSize, size] = mask.shape;
  // One mask that serves all steps serves these.
  if (steps === 1) return mask;
  const stride = batchSize * size;
  return { values: mask.values.subarray(from * stride, to * stride), shape: [to - from, batchSize, size] };
}
