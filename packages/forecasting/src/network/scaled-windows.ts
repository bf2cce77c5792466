import type { BatchIterator, BatchSource } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import type { EncodedSeries } from './series-encoder.js';
import type { WindowBatch } from './window-model.js';

/** One variable of a series: what windows are cut from. */
export interface WindowColumn {
  readonly encoded: EncodedSeries;
  readonly variable: number;
  /** The mean absolute difference of the training values over a season: what MASE divides by. 0 where they repeat themselves. */
  readonly unit: number;
}

export interface WindowShape {
  readonly period: number;
  /** Recurrent steps, T. */
  readonly steps: number;
  /** Values that a recurrent step reads, P. */
  readonly stepLength: number;
  readonly horizon: number; // H
  readonly variables: number; // D
  readonly featureWidth: number; // C
  /** The fewest values of a window that are not made up. */
  readonly leastContext: number;
}

/** Where a window ends: it has seen the values before `origin`. */
export interface WindowPlace {
  readonly column: WindowColumn;
  readonly origin: number;
}

/** How a window was scaled: value = level + scale * scaled. A scale of 0 belongs to a window that never changes. */
export interface WindowScale {
  readonly level: number;
  readonly scale: number;
}

/** No window counts more than this many times: a series whose season hardly varies would otherwise be all that is learned. */
const mostWeight = 20;

/** The variables of a series, each with what its errors are measured in. */
export function windowColumns(encoded: EncodedSeries, { variables, period }: WindowShape): WindowColumn[] {
  return Array.from({ length: variables }, (_, variable) => {
    let [sum, count] = [0, 0];
    for (let t = period; t < encoded.length; t++) {
      const [now, before] = [t, t - period].map((at) => encoded.targets[at * variables + variable]);
      if (Number.isNaN(now - before)) continue;
      sum += Math.abs(now - before);
      count++;
    }
    return { encoded, variable, unit: count > 0 ? sum / count : 0 };
  });
}

/**
 * The windows before some origins. Each is moved by the mean of its last season and divided by its mean distance from there, so that
 * series of any size look alike. Where a series begins within the window, the level stands before it.
 */
export function windowsAt(
  places: readonly WindowPlace[],
  shape: WindowShape,
): { readonly batch: WindowBatch; readonly scales: readonly WindowScale[] } {
  const { steps, stepLength, horizon, featureWidth, variables } = shape;
  const length = steps * stepLength;
  const width = stepLength + featureWidth;
  const batch: WindowBatch = {
    batchSize: places.length,
    steps,
    window: new Float32Array(places.length * length),
    inputs: new Float32Array(places.length * steps * width),
    ahead: new Float32Array(places.length * horizon * featureWidth),
    targets: new Float32Array(places.length * horizon),
    weights: new Float32Array(places.length),
  };
  const { window, inputs, ahead, targets, weights } = batch;
  const scales = places.map(({ column: { encoded, variable, unit }, origin }, row) => {
    const value = (t: number) => encoded.filled[t * variables + variable];
    const scaled = scaleBefore(value, { origin, length, period: shape.period });
    const { level, scale } = scaled;
    const divisor = scale || 1;
    for (let i = 0; i < length; i++) {
      const t = origin - length + i;
      window[row * length + i] = t < 0 ? 0 : (value(t) - level) / divisor;
    }
    for (let step = 0; step < steps; step++) {
      const at = (row * steps + step) * width;
      const from = row * length + step * stepLength;
      inputs.set(window.subarray(from, from + stepLength), at);
      // The features of the first value after the step.
      const next = Math.max(0, origin - length + (step + 1) * stepLength) * featureWidth;
      for (let f = 0; f < featureWidth; f++) inputs[at + stepLength + f] = encoded.features[next + f];
    }
    for (let step = 0; step < horizon; step++) {
      const t = origin + step;
      const known = t < encoded.length ? encoded.targets[t * variables + variable] : Number.NaN;
      targets[row * horizon + step] = (known - level) / divisor;
      for (let f = 0; f < featureWidth; f++) {
        ahead[(row * horizon + step) * featureWidth + f] = encoded.features[t * featureWidth + f] ?? 0;
      }
    }
    weights[row] = scale === 0 ? 0 : unit === 0 ? 1 : Math.min(mostWeight, scale / unit);
    return scaled;
  });
  return { batch, scales };
}

function scaleBefore(
  value: (t: number) => number,
  { origin, length, period }: { readonly origin: number; readonly length: number; readonly period: number },
): WindowScale {
  const season = Math.min(period, origin);
  let level = 0;
  for (let t = origin - season; t < origin; t++) level += value(t) / season;
  const from = Math.max(0, origin - length);
  const first = value(from);
  let scale = 0;
  let changes = false;
  for (let t = from; t < origin; t++) {
    scale += Math.abs(value(t) - level) / (origin - from);
    changes ||= value(t) !== first;
  }
  return changes ? { level, scale } : { level: first, scale: 0 };
}

export interface WindowSplit {
  /** Draws windows for training. */
  readonly training: BatchSource<WindowBatch>;
  /** The last horizon of each series that is long enough; undefined where none is. */
  readonly validation: WindowBatch[] | undefined;
}

export interface WindowSplitOptions {
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  readonly random: Random;
}

/** Fewer windows than this do not judge: then those that know a part of their horizon judge too. */
const fewestJudges = 32;

/**
 * Windows to learn from, and the last horizon of each series to judge by. Nothing is kept but the series: batches are cut as they are
 * asked for, so that thousands of series take little memory.
 */
export function splitWindows(
  columns: readonly WindowColumn[],
  shape: WindowShape,
  { batchSize, batchesPerEpoch, random }: WindowSplitOptions,
): WindowSplit {
  const { horizon, leastContext } = shape;
  // The first and the last origin that training may draw.
  const ranges = columns.flatMap((column) => {
    const held = heldAtEnd(column.encoded, shape);
    const last = column.encoded.length - horizon - held;
    return last < leastContext ? [] : [{ column, first: leastContext, last }];
  });
  const draw = (order: Random): WindowPlace => {
    for (let tries = 0; ; tries++) {
      const { column, first, last } = ranges[order.integer(0, ranges.length)];
      const place = { column, origin: order.integer(first, last + 1) };
      // A window that never changes teaches nothing; one that is all there is must do.
      if (tries === 20 || changesBefore(place, shape)) return place;
    }
  };
  const epoch = (order: Random, index: number): BatchIterator<WindowBatch> => {
    const start = order.state();
    const own = order.fork();
    let taken = 0;
    const next = () => {
      const places = Array.from({ length: batchSize }, () => draw(own));
      taken++;
      return places;
    };
    for (let i = 0; i < index; i++) next();
    return {
      next: () =>
        taken >= batchesPerEpoch
          ? { done: true, value: undefined }
          : { done: false, value: windowsAt(next(), shape).batch },
      cursor: () => ({ random: start, index: taken }),
      [Symbol.iterator]() {
        return this;
      },
    };
  };
  const places = validationPlaces(columns, shape);
  const validation: WindowBatch[] = [];
  for (let from = 0; from < places.length; from += batchSize) {
    validation.push(windowsAt(places.slice(from, from + batchSize), shape).batch);
  }
  return {
    training: {
      length: batchesPerEpoch,
      continues: false,
      from: (cursor) => epoch(Random.fromState(cursor.random), cursor.index),
      [Symbol.iterator]: () => epoch(random, 0),
    },
    validation: validation.length > 0 ? validation : undefined,
  };
}

/** The windows before the values that are held out. */
export function validationPlaces(columns: readonly WindowColumn[], shape: WindowShape): WindowPlace[] {
  const judged = columns.filter(({ encoded }) => heldAtEnd(encoded, shape) > 0);
  const count = judged.length < fewestJudges ? shape.horizon : 1;
  return judged.flatMap((column) => {
    const first = column.encoded.length - shape.horizon;
    return Array.from({ length: count }, (_, i) => ({ column, origin: first + i }));
  });
}

/** How many values at the end of a series training does not see: its last horizon, where it has values enough to judge by. */
export function heldAtEnd(
  { length }: { readonly length: number },
  { horizon, leastContext }: Pick<WindowShape, 'horizon' | 'leastContext'>,
): number {
  return length >= leastContext + 2 * horizon ? horizon : 0;
}

function changesBefore({ column: { encoded, variable }, origin }: WindowPlace, shape: WindowShape): boolean {
  const { variables, steps, stepLength } = shape;
  const from = Math.max(0, origin - steps * stepLength);
  const first = encoded.filled[from * variables + variable];
  for (let t = from + 1; t < origin; t++) if (encoded.filled[t * variables + variable] !== first) return true;
  return false;
}
