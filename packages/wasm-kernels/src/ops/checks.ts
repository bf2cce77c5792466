import { ArgumentError } from '@throughtime/errors';

/** @throws ArgumentError unless `value` is a whole number of at least `least` */
export function checkCount(argument: string, value: number, least = 0): void {
  if (!Number.isInteger(value) || value < least) {
    throw new ArgumentError(argument, `a whole number of at least ${least}`, value);
  }
}

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
