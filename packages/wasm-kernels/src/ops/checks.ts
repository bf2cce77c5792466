import { ArgumentError, type Check, instance } from '@throughtime/errors';

export const floats: Check<Float32Array> = instance(Float32Array, 'a Float32Array');
export const integers: Check<Int32Array> = instance(Int32Array, 'an Int32Array');

/** @throws ArgumentError unless `view` has `length` elements or more */
export function checkRoom(
  argument: string,
  view: { readonly length: number },
  length: number,
  shape: string,
): void {
  if (view.length < length) {
    throw new ArgumentError(argument, `at least ${length} elements (${shape})`, view.length);
  }
}

/** @throws ArgumentError unless `view` has exactly `length` elements */
export function checkLength(
  argument: string,
  view: { readonly length: number },
  length: number,
  shape: string,
): void {
  if (view.length !== length) throw new ArgumentError(argument, `${length} elements (${shape})`, view.length);
}
