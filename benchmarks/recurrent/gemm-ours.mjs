// The engine's own products, large and square, in GFLOP/s: the roof that a whole training step is held against.
// usage: node gemm-ours.mjs '{"threads": 2, "simd": "relaxed", "wideVectors": true}'
import { Engine, gemm } from '@throughtime/wasm-kernels';
import { useWideVectors } from '@throughtime/wasm-kernels/node';

const { threads, simd, wideVectors, seconds = 1 } = JSON.parse(process.argv[2]);
const size = 1024;
if (wideVectors) await useWideVectors();
const engine = new Engine({ threads, ...(simd && { simd }) });
await engine.ready();
const [a, b, c] = [0, 0, 0].map(() => engine.allocate(size * size));
for (let i = 0; i < size * size; i++) a[i] = b[i] = (i % 17) - 8;
const options = { a, b, c, m: size, n: size, k: size };
gemm(engine, options);
let best = 0;
for (const started = performance.now(); performance.now() - started < 1000 * seconds; ) {
  const start = performance.now();
  gemm(engine, options);
  best = Math.max(best, (2 * size ** 3) / 1e6 / (performance.now() - start));
}
console.log(
  JSON.stringify({ gflops: best, simd: engine.simd, threads: engine.threads, node: process.version }),
);
engine.dispose();
