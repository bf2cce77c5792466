import { Engine } from '@throughtime/wasm-kernels';
import { afterAll, describe, expect, it } from 'vitest';
import { CompiledShapes } from './compiled-shapes.js';

const engine = new Engine({ threads: 1 });
afterAll(() => engine.dispose());

/** What buffers of these sizes would be kept, and the most memory that they took at once. */
function use(sizes: readonly number[], most: number): { readonly kept: number[]; readonly peak: number } {
  const before = engine.memoryUsage().used;
  let peak = 0;
  const live = new Set<number>();
  const shapes = new CompiledShapes(engine, { most }, ({ bytes }: { readonly bytes: number }) => {
    const buffer = engine.allocate(bytes / 4);
    live.add(bytes);
    peak = Math.max(peak, engine.memoryUsage().used - before);
    return {
      free() {
        live.delete(bytes);
        engine.free(buffer);
      },
    };
  });
  for (const bytes of sizes) shapes.run({ bytes }, () => undefined);
  const kept = [...live];
  shapes.run({ bytes: 4 }, () => undefined);
  return { kept, peak };
}

describe('CompiledShapes', () => {
  const MiB = 2 ** 20;

  it('keeps as many shapes as it may, those used last', () => {
    expect(use([MiB, 2 * MiB, 3 * MiB, MiB, 4 * MiB], 3).kept).toEqual([MiB, 3 * MiB, 4 * MiB]);
  });

  it('frees large buffers before it takes those for another shape', () => {
    const { kept, peak } = use([300 * MiB, 299 * MiB, 301 * MiB], 4);
    expect(kept).toEqual([301 * MiB]);
    expect(peak).toBeLessThan(302 * MiB);
  });

  it('keeps a large one that is used again', () => {
    expect(use([300 * MiB, 300 * MiB], 4).kept).toEqual([300 * MiB]);
  });
});
