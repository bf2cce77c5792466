import { type PACK, TILE_COLUMNS } from '../generated/commands.js';
import type { CommandLayout } from './command-layout.js';

/** `count` rounded up to a whole number of panels. */
export function padded(count: number): number {
  return Math.ceil(count / TILE_COLUMNS) * TILE_COLUMNS;
}

/** One side of a matrix to be packed. */
export interface PackedSide {
  /** Elements of the source from one index to the next. */
  readonly stride: number;
  /** Units of a group in the source. */
  readonly size: number;
  /** Units of a group once packed: `size` or more. Default `size`. */
  readonly padded?: number;
  /** Default 1. */
  readonly groups?: number;
  /** Group g of the packed side is group (g + rotation) mod groups of the source. Default 0. */
  readonly rotation?: number;
}

type PackFields = typeof PACK extends CommandLayout<infer Field> ? Record<Field, number> : never;

/** The fields of a PACK command for B [k, n], whose element (k, n) stands at `source` + k.stride * k + n.stride * n. */
export function packFields(source: number, target: number, k: PackedSide, n: PackedSide): PackFields {
  const [kPadded, nPadded] = [k.padded ?? k.size, padded(n.padded ?? n.size)];
  const [kGroups, nGroups] = [k.groups ?? 1, n.groups ?? 1];
  return {
    source,
    target,
    k: kPadded * kGroups,
    n: nGroups === 1 ? (n.padded ?? n.size) : nPadded * nGroups,
    kStride: k.stride,
    nStride: n.stride,
    kGroup: Math.max(1, k.size),
    kPadded: Math.max(1, kPadded),
    kGroups,
    kRotation: k.rotation ?? 0,
    nGroup: n.size,
    nPadded,
    nGroups,
    nRotation: n.rotation ?? 0,
  };
}

/** Elements that B [k, n] takes when packed. */
export function packedLength(k: number, n: number): number {
  return k * padded(n);
}
