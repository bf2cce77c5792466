import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** What a page gets that has this source: the first chunk, and those it may load later. */
async function bundle(source: string, { splitting = true } = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: folder, loader: 'ts' },
    outdir: 'out',
    bundle: true,
    write: false,
    splitting,
    minify: true,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    conditions: ['@throughtime/source'],
  });
  const entry = outputFiles.find(({ path }) => path.endsWith('stdin.js'))!;
  const outputs = Object.entries(metafile.outputs);
  // What the page gets at once: the entry, and what it shares with chunks that come later.
  const atOnce = [entry];
  const later: typeof outputFiles = [];
  for (const { path } of atOnce) {
    for (const { path: of, kind } of outputs.find(([each]) => path.endsWith(each))![1].imports) {
      // esbuild writes chunks for modules that it shook off, too: those that nothing refers to do not count.
      const chunk = outputFiles.find((each) => each.path.endsWith(of))!;
      const list = kind === 'dynamic-import' ? later : atOnce;
      if (!atOnce.includes(chunk) && !later.includes(chunk)) list.push(chunk);
    }
  }
  return {
    first: atOnce.map(({ text }) => text).join('\n'),
    chunks: new Map(later.map(({ path, text }) => [path, text])),
    inputs: Object.keys(metafile.inputs),
  };
}

describe('in a browser bundle', () => {
  it('batches bring no data, parser or download with them', async () => {
    const source = "import { sequentialBatches } from './index.js'; console.log(sequentialBatches);";
    expect([...(await bundle(source)).chunks.keys()]).toEqual([]);
    // In chunks, esbuild shares what only a chunk that it shook off needs, too.
    const { first } = await bundle(source, { splitting: false });
    expect(first).not.toMatch(/Ishmael|csv|fetch|sha256/i);
    expect(first.length).toBeLessThan(12_000);
  });

  it('loadText keeps each text in a chunk of its own, and brings no parser', async () => {
    const { first, chunks } = await bundle("import { loadText } from './index.js'; loadText('moby-dick');");
    const withMobyDick = [...chunks].filter(([, text]) => text.includes('Call me Ishmael'));
    expect(withMobyDick.map(([path]) => path)).toEqual([expect.stringContaining('moby-dick-chapters-1-17')]);
    expect(first).not.toMatch(/Ishmael|skip_empty_lines/i);
  });

  it('forecasters and series in memory bring no parser', async () => {
    const { first } = await bundle(
      "import { alignTimestamps, createSeries, loadSeries } from './index.js'; console.log(alignTimestamps, createSeries, loadSeries);",
    );
    expect(first).not.toMatch(/skip_empty_lines/i);
  });

  it('everything but the Node part does without Node', async () => {
    const { inputs } = await bundle("export * from './index.js';");
    expect(inputs.some((input) => input.endsWith('browser-file-store.ts'))).toBe(true);
    expect(inputs.filter((input) => /node-|\/node\/|^node:|env-paths/.test(input))).toEqual([]);
  });
});
