/** Arrays that a state may hold. */
export type DataArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** What can be saved without knowing what it means. */
export type PlainData =
  | null
  | boolean
  | number
  | string
  | DataArray
  | readonly PlainData[]
  | { readonly [key: string]: PlainData };

/** JSON in which typed arrays are replaced by their place in a list. */
export interface PackedData {
  readonly json: unknown;
  readonly arrays: readonly DataArray[];
}

/** Marks, in the JSON, an array by its index. */
const arrayKey = '$array';

/** @throws TypeError when there is something in it that is not plain data */
export function pack(data: PlainData): PackedData {
  const arrays: DataArray[] = [];
  const visit = (value: PlainData): unknown => {
    if (isDataArray(value)) return { [arrayKey]: arrays.push(value) - 1 };
    if (Array.isArray(value)) return value.map(visit);
    if (value !== null && typeof value === 'object') {
      if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) {
        throw new TypeError(`state: expected plain data, got ${value.constructor.name}`);
      }
      return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, visit(field)]));
    }
    return value;
  };
  return { json: visit(data), arrays };
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

/** A copy whose arrays have memory of their own, whatever theirs is: structuredClone would share shared memory, and copy all of an engine's. */
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
