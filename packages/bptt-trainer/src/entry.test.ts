import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it.each(['index.ts', 'node/index.ts'])(
  '%s needs neither tfjs nor the engine nor network code',
  async (entry) => {
    const { metafile } = await build({
      entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
      bundle: true,
      write: false,
      metafile: true,
      platform: entry.startsWith('node/') ? 'node' : 'browser',
      format: 'esm',
      conditions: ['@throughtime/source'],
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs);
    expect(
      inputs.some((path) => path.includes('optimizers/adam') || path.includes('checkpoint-folder')),
    ).toBe(true);
    expect(inputs.filter((path) => /tensorflow|tfjs|rnn-cells|wasm-kernels/.test(path))).toEqual([]);
  },
);
