import { KernelArgumentError } from '../engine/errors.js';

/** @throws KernelArgumentError unless `value` is a whole number of at least `least` */
export function checkCount(argument: string, value: number, least = 0): void {
  if (!Number.isInteger(value) || value < least) {
    throw new KernelArgumentError(argument, `a whole number of at least ${least}`, value);
  }
}

/** @throws KernelArgumentError unless `view` has `length` elements or more */
export function checkRoom(
  argument: string,
  view: { readonly length: number },
  length: number,
  shape: string,
): void {
  if (view.length < length) {
    throw new KernelArgumentError(argument, `at least ${length} elements (${shape})`, view.length);
  }
}

/** @throws KernelArgumentError unless `view` has exactly `length` elements */
export function checkLength(
  argument: string,
  view: { readonly length: number },
  length: number,
  shape: string,
): void {
  if (view.length !== length)
    throw new KernelArgumentError(argument, `${length} elements (${shape})`, view.length);
}
