import type { Examples } from '../network/examples.js';
import { inputWidth, type LagInputs, writeInputs } from '../network/lag-inputs.js';
import type { EncodedSeries } from '../network/series-encoder.js';

export interface SequenceWindow {
  /** Steps of inputs. */
  readonly inputSteps: number;
  /** The target of the first predicting step, counted from the target of the first input step. */
  readonly targetFrom: number;
  /** Steps with targets. */
  readonly targetSteps: number;
}

/**
 * Training windows of all series, those last in time last. Step t of a window that begins at index s is given the lags and features
 * of index s + t; targets are the values at s + targetFrom and on.
 */
export function sequenceExamples(
  series: readonly EncodedSeries[],
  {
    inputs,
    stride,
    inputSteps,
    targetFrom,
    targetSteps,
  }: SequenceWindow & { readonly inputs: LagInputs; readonly stride: number },
): Examples {
  const reach = Math.max(inputSteps, targetFrom + targetSteps);
  const first = inputs.offsets[0];
  const windows = series.flatMap((encoded) => {
    // Counted from the end, so that the newest values are always learnt from.
    const count = Math.floor((encoded.length - first - reach) / stride) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, i) => ({
      encoded,
      start: encoded.length - reach - i * stride,
      age: i,
    }));
  });
  windows.sort((a, b) => b.age - a.age);
  const width = inputWidth(inputs);
  const { variables } = inputs;
  const rows = new Float32Array(windows.length * inputSteps * width);
  const targets = new Float32Array(windows.length * targetSteps * variables);
  windows.forEach(({ encoded, start }, row) => {
    for (let t = 0; t < inputSteps; t++) {
      writeInputs(inputs, encoded, start + t, rows, (row * inputSteps + t) * width);
    }
    const from = (start + targetFrom) * variables;
    targets.set(
      encoded.targets.subarray(from, from + targetSteps * variables),
      row * targetSteps * variables,
    );
  });
  return { count: windows.length, inputs: rows, targets, steps: inputSteps };
}
