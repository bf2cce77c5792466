// The engine's own products, large and square, in GFLOP/s: the roof that a whole training step is held against. The mean of a
// time, as a step's figure is: the best of a time would see the machine at its best.
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
const started = performance.now();
let [products, elapsed] = [0, 0];
do {
  gemm(engine, options);
  products++;
  elapsed = performance.now() - started;
} while (elapsed < 1000 * seconds);
const gflops = (2 * size ** 3 * products) / 1e6 / elapsed;
console.log(JSON.stringify({ gflops, simd: engine.simd, threads: engine.threads, node: process.version }));
engine.dispose();
