import { ArgumentError } from '@throughtime/errors';

/** The arrays that a state may hold. */
export type DataArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Data that can be saved without knowing what it means. */
export type PlainData =
  | null
  | boolean
  | number
  | string
  | DataArray
  | readonly PlainData[]
  | { readonly [key: string]: PlainData };

/** JSON, with each typed array replaced by its index in a list. */
export interface PackedData {
  readonly json: unknown;
  readonly arrays: readonly DataArray[];
}

/** Stands in the JSON for an array, with the array's index as its value. */
const arrayKey = '$array';

/** @throws ArgumentError when something in it is not plain data */
export function pack(data: PlainData): PackedData {
  const arrays: DataArray[] = [];
  const visit = (value: PlainData): unknown => {
    if (isDataArray(value)) return { [arrayKey]: arrays.push(value) - 1 };
    if (Array.isArray(value)) return value.map(visit);
    if (value !== null && typeof value === 'object') {
      if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) {
        throw new ArgumentError('state', 'plain data: arrays, records and typed arrays', value);
      }
      return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, visit(field)]));
    }
    return value;
  };
  return { json: visit(data), arrays };
}

/** @throws ArgumentError when something in it is not plain data, so that it could not be saved */
export function requirePlainData(data: unknown): void {
  pack(data as PlainData);
}

export function unpack({ json, arrays }: PackedData): PlainData {
  const visit = (value: unknown): PlainData => {
    if (Array.isArray(value)) return value.map(visit);
    if (value === null || typeof value !== 'object') return value as PlainData;
    if (arrayKey in value) return arrays[Number(value[arrayKey])];
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, visit(field)]));
  };
  return visit(json);
}

/**
 * A copy whose arrays have memory of their own. structuredClone would keep sharing shared memory, and would copy the whole memory
 * of an engine.
 */
export function copyPlainData(data: PlainData): PlainData {
  const { json, arrays } = pack(data);
  return unpack({ json, arrays: arrays.map((array) => array.slice()) });
}

/** The arrays in it, in order. */
export function walkArrays(data: PlainData): readonly DataArray[] {
  return pack(data).arrays;
}

export function sameShape(a: readonly DataArray[], b: readonly DataArray[]): boolean {
  return a.length === b.length && a.every((array, i) => array.length === b[i].length);
}

function isDataArray(value: unknown): value is DataArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}
