import type { Parameter } from '@throughtime/contract';
import { oneOf } from '@throughtime/errors';
import { fromInt8Rows, type Int8Rows, toInt8Rows } from '@throughtime/wasm-kernels';

/**
 * How weights are kept:
 * - `float32`: as training left them
 * - `int8`: each matrix as a byte for each weight and a scale for each row; biases stay float32. For generation and evaluation
 */
export type WeightForm = (typeof weightForms)[number];

export const weightForms = ['float32', 'int8'] as const;

/** The check of an option `weights`. */
export const weightForm = oneOf(weightForms);

/** Whether a weight of this shape is rounded: matrices are, biases are not. */
export function isRounded(shape: readonly number[]): boolean {
  return shape.length === 2;
}

/** The bytes and scales that a rounded parameter stands for, and others nearest to any. */
export function int8Rows({ shape, data }: Pick<Parameter, 'shape' | 'data'>): Int8Rows {
  return toInt8Rows(data, shape[1]);
}

/** Rounds all matrices in place, to what bytes and scales can say. Rounding again changes nothing. */
export function roundToInt8(parameters: readonly Parameter[]): void {
  for (const parameter of parameters)
    if (isRounded(parameter.shape)) fromInt8Rows(int8Rows(parameter), parameter.data);
}
