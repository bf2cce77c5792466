import { GEMM, PACK, TILE_COLUMNS } from '../generated/commands.js';
import type { CommandHandle, Program } from './program.js';

/** `count` rounded up to a whole number of panels. */
export function padded(count: number): number {
  return Math.ceil(count / TILE_COLUMNS) * TILE_COLUMNS;
}

/** Rows at a power-of-two distance all fall into one set of a cache. One more line between them spreads them. */
export function unaliasedStride(length: number): number {
  return length % 256 === 0 ? length + 16 : length;
}

/** A matrix somewhere in the engine's memory. Strides in elements. */
export interface Matrix {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
  /** Default: no gaps. */
  readonly rowStride?: number;
  /** Default 1. */
  readonly columnStride?: number;
}

/** The same elements, rows and columns exchanged. */
export function transposed({ address, rows, columns, rowStride = columns, columnStride = 1 }: Matrix) {
  return { address, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride };
}

export interface ProductOptions {
  /** A [m, k] */
  readonly a: Matrix;
  /** Panels of B [k, n], from the first row that counts. */
  readonly b: number;
  /** Rows of a panel. Default: k. */
  readonly panelRows?: number;
  /** C [m, n], without gaps between columns. */
  readonly c: Matrix;
  /** Address of [n padded to 8], added to each row. Default: none. */
  readonly bias?: number;
  /** Default 1. */
  readonly alpha?: number;
  /** Default 0: C is overwritten. */
  readonly beta?: number;
  /** Address of [m], which receives the sums of A's rows, plus beta times what was there. Default: none. */
  readonly rowSums?: number;
}

/** Appends C = alpha A B + beta C. */
export function addProduct(program: Program, options: ProductOptions): void {
  const { a, b, c, panelRows = 0, bias = 0, alpha = 1, beta = 0, rowSums = 0 } = options;
  program.add(GEMM, {
    a: a.address,
    aRowStride: a.rowStride ?? a.columns,
    aKStride: a.columnStride ?? 1,
    b,
    panelRows,
    bias,
    c: c.address,
    cRowStride: c.rowStride ?? c.columns,
    m: a.rows,
    n: c.columns,
    k: a.columns,
    alpha,
    beta,
    rowSums,
  });
}

/** Appends the sums of A's rows alone. */
export function addRowSums(program: Program, a: Matrix, rowSums: number): void {
  addProduct(program, { a, b: 0, c: { address: 0, rows: a.rows, columns: 0 }, rowSums });
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

type PackField = keyof typeof PACK.fields;

/** The fields of a PACK command for B [k, n], whose element (k, n) stands at `source` + k.stride * k + n.stride * n. */
export function packFields(
  source: number,
  target: number,
  k: PackedSide,
  n: PackedSide,
): Record<PackField, number> {
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

/** Packs B [k, n] among the program's preparations. Returns the address of the panels. */
export function preparePanels(program: Program, source: number, k: PackedSide, n: PackedSide): number {
  const fields = panelFields(program, source, k, n);
  program.prepare(PACK, fields);
  return fields.target;
}

/** Appends the packing of B [k, n]. Returns its command, and the address of the panels. */
export function addPanels(
  program: Program,
  source: number,
  k: PackedSide,
  n: PackedSide,
): { readonly command: CommandHandle<PackField>; readonly panels: number } {
  const fields = panelFields(program, source, k, n);
  return { command: program.add(PACK, fields), panels: fields.target };
}

function panelFields(program: Program, source: number, k: PackedSide, n: PackedSide) {
  const fields = packFields(source, 0, k, n);
  return { ...fields, target: program.float32(packedLength(fields.k, fields.n)).byteOffset };
}

/** Rows packed as B of a product over all positions: `panelRows` of them or fewer. */
export type RowPanels = Required<Pick<ProductOptions, 'b' | 'panelRows'>>;

/** Appends the packing of rows. */
export function addRowPanels(
  program: Program,
  { address, rows, columns, rowStride = columns }: Matrix,
): RowPanels & { readonly command: CommandHandle<PackField> } {
  const sides = [
    { stride: rowStride, size: rows },
    { stride: 1, size: columns },
  ] as const;
  const { command, panels } = addPanels(program, address, ...sides);
  return { command, b: panels, panelRows: rows };
}

/** The rows from row `first` on. */
export function rowPanelsFrom({ b, panelRows }: RowPanels, first: number): RowPanels {
  return { b: b + first * TILE_COLUMNS * 4, panelRows };
}
