import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** What a page gets that has this source: the first chunk, and those it may load later. */
async function bundle(source: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: folder, loader: 'ts' },
    outdir: 'out',
    bundle: true,
    write: false,
    splitting: true,
    minify: true,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    conditions: ['@throughtime/source'],
  });
  const entry = outputFiles.find(({ path }) => path.endsWith('stdin.js'))!;
  const { imports } = Object.entries(metafile.outputs).find(([path]) => path.endsWith('stdin.js'))![1];
  // esbuild writes chunks for modules that it shook off, too: those that nothing refers to do not count.
  const chunks = outputFiles.filter(({ path }) => imports.some((each) => path.endsWith(each.path)));
  return {
    first: entry.text,
    chunks: new Map(chunks.map(({ path, text }) => [path, text])),
    inputs: Object.keys(metafile.inputs),
  };
}

describe('in a browser bundle', () => {
  it('batches bring no data, parser or download with them', async () => {
    const { first, chunks } = await bundle(
      "import { sequentialBatches } from './index.js'; console.log(sequentialBatches);",
    );
    expect([...chunks.keys()]).toEqual([]);
    expect(first).not.toMatch(/Ishmael|csv|fetch|sha256/i);
    expect(first.length).toBeLessThan(12_000);
  });

  it('loadText keeps each text in a chunk of its own, and brings no parser', async () => {
    const { first, chunks } = await bundle("import { loadText } from './index.js'; loadText('moby-dick');");
    const withMobyDick = [...chunks].filter(([, text]) => text.includes('Call me Ishmael'));
    expect(withMobyDick.map(([path]) => path)).toEqual([expect.stringContaining('moby-dick-chapters-1-17')]);
    expect(first).not.toMatch(/Ishmael|skip_empty_lines/i);
  });

  it('everything but the Node part does without Node', async () => {
    const { inputs } = await bundle("export * from './index.js';");
    expect(inputs.some((input) => input.endsWith('browser-file-store.ts'))).toBe(true);
    expect(inputs.filter((input) => /node-|\/node\/|^node:|env-paths/.test(input))).toEqual([]);
  });
});
