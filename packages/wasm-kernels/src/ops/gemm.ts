import { boolean, checkOptions, number, type OptionChecks, required, whole } from '@throughtime/errors';
import type { Engine } from '../engine/engine.js';
import { addProduct, packedLength, packFields, transposed } from '../engine/products.js';
import { PACK } from '../generated/commands.js';
import { checkRoom, floats } from './checks.js';

/** C = alpha op(A) op(B) + beta C, row-major, all three in the engine's memory. */
export interface GemmOptions {
  /** op(A): [m, k]. A is stored [m, k], or [k, m] with `transposeA`. */
  readonly a: Float32Array;
  /** op(B): [k, n]. B is stored [k, n], or [n, k] with `transposeB`. */
  readonly b: Float32Array;
  /** [m, n] */
  readonly c: Float32Array;
  /** Rows of C and op(A). */
  readonly m: number;
  /** Columns of C and op(B). */
  readonly n: number;
  /** Columns of op(A), rows of op(B). */
  readonly k: number;
  /** Whether op(A) is the transpose of A. Default false. */
  readonly transposeA?: boolean;
  /** Whether op(B) is the transpose of B. Default false. */
  readonly transposeB?: boolean;
  /** Elements from one stored row to the next. Default: no gaps. */
  readonly rowStrideA?: number;
  /** Elements from one stored row of B to the next. Default: no gaps. */
  readonly rowStrideB?: number;
  /** Elements from one row of C to the next. Default: no gaps. */
  readonly rowStrideC?: number;
  /** Default 1. */
  readonly alpha?: number;
  /** Default 0: C is overwritten without being read. */
  readonly beta?: number;
}

const size = whole({ from: 0 });

const gemmChecks: OptionChecks<GemmOptions> = {
  a: required(floats),
  b: required(floats),
  c: required(floats),
  m: required(size),
  n: required(size),
  k: required(size),
  transposeA: boolean,
  transposeB: boolean,
  rowStrideA: size,
  rowStrideB: size,
  rowStrideC: size,
  alpha: number(),
  beta: number(),
};

/**
 * C = alpha op(A) op(B) + beta C. C must overlap neither A nor B. As in BLAS, A and B are not read where alpha is 0.
 * @throws ArgumentError
 *
 * @example
 * ```ts
 * import { defaultEngine, gemm } from '@throughtime/wasm-kernels';
 * const engine = defaultEngine();
 * const [a, b, c] = [6, 3, 2].map((length) => engine.allocate(length));
 * a.set([1, 2, 3, 4, 5, 6]); // [2, 3]
 * b.set([1, 0, 1]); // [3, 1]
 * gemm(engine, { a, b, c, m: 2, k: 3, n: 1 });
 * console.log([...c]); // [4, 10]
 * ```
 */
export function gemm(engine: Engine, options: GemmOptions): void {
  checkOptions<GemmOptions>(options, gemmChecks);
  const { a, b, c, m, n, k, transposeA = false, transposeB = false, alpha = 1, beta = 0 } = options;
  const { rowStrideA = transposeA ? m : k, rowStrideB = transposeB ? k : n, rowStrideC = n } = options;
  whole({ from: transposeA ? m : k })('rowStrideA', rowStrideA);
  whole({ from: transposeB ? k : n })('rowStrideB', rowStrideB);
  whole({ from: n })('rowStrideC', rowStrideC);
  if (m === 0 || n === 0) return;
  checkRoom('a', a, extent(transposeA ? k : m, transposeA ? m : k, rowStrideA), 'a');
  checkRoom('b', b, extent(transposeB ? n : k, transposeB ? k : n, rowStrideB), 'b');
  checkRoom('c', c, extent(m, n, rowStrideC), 'c');

  const { memory } = engine;
  // The kernel has alpha as a float32, so that a tiny one is 0 too: 0 times NaN would be NaN.
  const depth = Math.fround(alpha) === 0 ? 0 : k;
  const panels = memory.allocateBytes(packedLength(depth, n) * 4);
  const program = engine.program();
  try {
    const [kStride, nStride] = transposeB ? [1, rowStrideB] : [rowStrideB, 1];
    program.prepare(
      PACK,
      packFields(
        memory.address(b, 'b'),
        panels,
        { stride: kStride, size: depth },
        { stride: nStride, size: n },
      ),
    );
    const stored = { address: memory.address(a, 'a'), rowStride: rowStrideA };
    addProduct(program, {
      a: transposeA
        ? transposed({ ...stored, rows: depth, columns: m })
        : { ...stored, rows: m, columns: depth },
      b: panels,
      c: { address: memory.address(c, 'c'), rows: m, columns: n, rowStride: rowStrideC },
      alpha,
      beta,
    });
    program.run();
  } finally {
    program.free();
    memory.releaseBytes(panels);
  }
}

function extent(rows: number, columns: number, stride: number): number {
  return rows === 0 || columns === 0 ? 0 : (rows - 1) * stride + columns;
}
