import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { useWideVectors, WideVectorsError } from './wide-vectors.js';

const old = Number.parseInt(process.versions.node, 10) < 24;
const cache = mkdtempSync(join(tmpdir(), 'wide-vectors-'));
afterAll(() => rmSync(cache, { recursive: true }));

// From what is built, in a process of its own: the flag is the process's.
const built = new URL('../../dist/node/index.js', import.meta.url);
function inProcess(program: string, flags: readonly string[] = []) {
  const source = `import { kernelDigests, useWideVectors } from '${built}'; ${program}; process.exit();`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, '--input-type=module', '--eval', source],
    {
      encoding: 'utf8',
    },
  );
  return { stdout: stdout.trim(), stderr };
}
const ask = `await useWideVectors({ cache: ${JSON.stringify(cache)} })`;
const report = `${ask}.then(() => console.log('wide'), (error) => console.log(error.name, error.message))`;

describe('the kernels for wide vectors', () => {
  it('compute the same bits as the others', () => {
    // Node 20 has relaxed SIMD, and so these kernels, on request only.
    const flags = old ? ['--experimental-wasm-relaxed-simd'] : [];
    const digests = '[false, true].map((wideVectors) => kernelDigests({ wideVectors, simd: "relaxed" }))';
    const [narrow, wide] = JSON.parse(inProcess(`console.log(JSON.stringify(${digests}))`, flags).stdout);
    expect(wide).toEqual(narrow);
  });
});

describe('useWideVectors', () => {
  it.runIf(old)('refuses a Node whose V8 has none', async () => {
    await expect(useWideVectors()).rejects.toThrow(WideVectorsError);
    await expect(useWideVectors()).rejects.toThrow(/expected Node 24 or newer, got 20/);
  });

  it.skipIf(old)('compares every kernel, remembers the answer, and changes no bit', () => {
    const { stdout, stderr } = inProcess(`${ask}; console.log(JSON.stringify(kernelDigests()))`);
    expect(JSON.parse(stdout)).toEqual(
      JSON.parse(inProcess('console.log(JSON.stringify(kernelDigests()))').stdout),
    );
    // V8 only prints that it does not know a flag.
    expect(stderr).not.toContain('unrecognized flag');
    expect(Object.values(JSON.parse(readFileSync(join(cache, 'wide-vectors.json'), 'utf8')))).toEqual([[]]);
  });

  it.skipIf(old)('refuses, naming the kernels, where other bits were found', () => {
    const file = join(cache, 'wide-vectors.json');
    const [key] = Object.keys(JSON.parse(readFileSync(file, 'utf8')));
    writeFileSync(file, JSON.stringify({ [key]: ['lstm, dense'] }));
    expect(inProcess(report).stdout).toMatch(
      /^WideVectorsError wide vectors: .*others on Node \S+ from lstm, dense/,
    );
  });

  it.skipIf(old)('refuses once an engine was made', () => {
    expect(inProcess(`kernelDigests(); ${report}`).stdout).toMatch(/got an engine in use/);
  });
});
