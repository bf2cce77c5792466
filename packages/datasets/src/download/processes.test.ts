import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type Behavior, localServer, stallAfter, whole } from './fixtures/local-server.js';

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 17 + (i >> 8)) & 255);
const sha256 = createHash('sha256').update(content).digest('hex');

let folder: string;
let script: string;
let cache: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughtime-processes-'));
  script = join(folder, 'fetch-process.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./fixtures/fetch-process.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@throughtime/source'],
  });
});
beforeEach(async () => {
  cache = await mkdtemp(join(folder, 'cache-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function serve(...behaviors: Behavior[]) {
  const server = await localServer(...behaviors);
  onTestFinished(() => server.close());
  return { server, file: { file: 'data.bin', url: server.url, bytes: content.length, sha256 } };
}

function start(file: object): ChildProcess {
  return spawn(process.execPath, [script, JSON.stringify(file), cache], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function finish(child: ChildProcess): Promise<string> {
  let printed = '';
  child.stdout!.on('data', (data) => {
    printed += data;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return printed.trim();
}

it('processes that fetch one file at the same time all get it, and leave it alone in the cache', async () => {
  // Neither is served before both have asked: they download at the same time.
  const waiting: (() => void)[] = [];
  const together: Behavior = (request, response) => {
    waiting.push(() => whole(content)(request, response));
    if (waiting.length === 3) for (const go of waiting) go();
  };
  const { file } = await serve(together);
  const printed = await Promise.all([start(file), start(file), start(file)].map(finish));
  expect(printed).toEqual(['300000', '300000', '300000']);
  expect(await readdir(cache)).toEqual(['data.bin']);
  expect(Buffer.compare(await readFile(join(cache, 'data.bin')), content)).toBe(0);
});

it('a process continues what one that was killed has left', async () => {
  let sent = () => {};
  const halfSent = new Promise<void>((resolve) => {
    sent = resolve;
  });
  const { server, file } = await serve(stallAfter(content, 150_000, sent), whole(content));
  const killed = start(file);
  await halfSent;
  await written(150_000);
  killed.kill('SIGKILL');
  await once(killed, 'close');
  expect((await readdir(cache)).map((name) => name.replace(/[^.]*\.partial/, 'OWNER.partial'))).toEqual([
    'data.bin.OWNER.partial',
  ]);

  expect(await finish(start(file))).toBe('300000');
  expect(server.requests[1].range).toBe('bytes=150000-');
  expect(await readdir(cache)).toEqual(['data.bin']);
});

/** Waits until the partial download has this many bytes on the disk. */
async function written(bytes: number): Promise<void> {
  for (;;) {
    const names = await readdir(cache);
    const sizes = await Promise.all(names.map(async (name) => (await readFile(join(cache, name))).length));
    if (sizes.includes(bytes)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
