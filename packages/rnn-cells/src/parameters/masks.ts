import { checkOptions, type OptionChecks, required, whole } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { type RecurrentConfig, type ResolvedConfig, resolveConfig } from './recurrent-config.js';

/**
 * Factors that values are multiplied by. `shape` is [T, N, size], in the order of the steps, or [1, N, size] for one mask that
 * serves all steps.
 */
export interface Mask {
  /** The factors, row-major: 0, or 1 / (1 - p). */
  readonly values: Float32Array;
  /** [T, N, size]; T is 1 where one mask serves all steps. */
  readonly shape: readonly [steps: number, batchSize: number, size: number];
}

/** Every random choice of one training chunk. Absent entries drop nothing. */
export interface RecurrentMasks {
  /** Factors of each layer's inputs, and last those of the outputs. 0, or 1 / (1 - p). */
  readonly layers: readonly (Mask | undefined)[];
  /** By layer and direction, factors of weight_hh, row-major. 0, or 1 / (1 - p). */
  readonly recurrentWeights: readonly (Float32Array | undefined)[];
  /** By layer and direction, [1, N, H]: factors of h where it enters the recurrent product. 0, or 1 / (1 - p). */
  readonly state: readonly (Mask | undefined)[];
  /** By layer and direction, 1 where h keeps its old value, 0 elsewhere. */
  readonly hiddenZoneout: readonly (Mask | undefined)[];
  /** By layer and direction, 1 where an lstm's c keeps its old value, 0 elsewhere. */
  readonly cellZoneout: readonly (Mask | undefined)[];
}

/** The chunk that masks are drawn for. */
export interface DrawMasksOptions {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  /** The source of the choices. */
  readonly random: Random;
}

const drawChecks: OptionChecks<DrawMasksOptions> = {
  batchSize: required(whole({ from: 0 })),
  steps: required(whole({ from: 1 })),
  random: required(randomSource),
};

/**
 * Draws the masks of one chunk. Call it before every update: each chunk needs masks of its own.
 *
 * - dropout: one draw for every step, row and unit; with `locked` one for every row and unit, used at all steps
 * - dropout of the state: one draw for every row and unit, used at all steps
 * - dropout of the recurrent weights: one draw for every weight
 * - zoneout: one draw for every step, row and unit
 *
 * A probability of 0 draws nothing.
 * @returns undefined when the configuration drops nothing
 * @throws ArgumentError
 */
export function drawMasks(config: RecurrentConfig, options: DrawMasksOptions): RecurrentMasks | undefined {
  const resolved = resolveConfig(config);
  checkOptions<DrawMasksOptions>(options, drawChecks);
  const { dropout, zoneout, layers, directions, inputSize, outputSize, hiddenSize, stateSize } = resolved;
  if (!dropsAnything(resolved)) return undefined;
  const { batchSize, steps, random } = options;

  const draw = (p: number, size: number, drawnSteps: number, [dropped, kept]: readonly [number, number]) => {
    if (p === 0) return undefined;
    const values = Float32Array.from({ length: drawnSteps * batchSize * size }, () =>
      random.uniform() < p ? dropped : kept,
    );
    return { values, shape: [drawnSteps, batchSize, size] } as const;
  };
  const dropoutMask = (p: number, size: number, drawnSteps = dropout.locked ? 1 : steps) =>
    draw(p, size, drawnSteps, [0, 1 / (1 - p)]);
  const each = <T>(make: () => T) => Array.from({ length: layers * directions }, make);

  return {
    layers: [
      dropoutMask(dropout.input, inputSize),
      ...Array.from({ length: layers - 1 }, () => dropoutMask(dropout.between, outputSize)),
      dropoutMask(dropout.output, outputSize),
    ],
    recurrentWeights: each(() => {
      const p = dropout.recurrentWeights;
      if (p === 0) return undefined;
      const length = resolved.gates * hiddenSize * stateSize;
      return Float32Array.from({ length }, () => (random.uniform() < p ? 0 : 1 / (1 - p)));
    }),
    state: each(() => dropoutMask(dropout.state, stateSize, 1)),
    hiddenZoneout: each(() => draw(zoneout.hidden, stateSize, steps, [1, 0])),
    cellZoneout: each(() => draw(zoneout.cell, hiddenSize, steps, [1, 0])),
  };
}

function dropsAnything({ dropout, zoneout, layers }: ResolvedConfig): boolean {
  const between = layers > 1 ? dropout.between : 0;
  const all = [
    dropout.input,
    between,
    dropout.output,
    dropout.state,
    dropout.recurrentWeights,
    zoneout.hidden,
    zoneout.cell,
  ];
  return all.some((p) => p > 0);
}
