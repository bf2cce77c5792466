import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DownloadProgress } from './download-options.js';
import { DownloadError } from './errors.js';
import {
  cache,
  content,
  expectNothingCached,
  expectRefused,
  get,
  half,
  serve,
  useCache,
} from './fixtures/harness.js';
import {
  answer,
  cutAfter,
  endAfter,
  redirect,
  stallAfter,
  whole,
  withoutRanges,
} from './fixtures/local-server.js';
import { openFileStore } from './node-file-store.js';
import { obtain } from './obtain.js';

useCache();

describe('a download from a good server', () => {
  it('is checked, cached, and not fetched again', async () => {
    const { file, server } = await serve(whole(content));
    const first = await get(file);
    expect(Buffer.compare(first.bytes, content)).toBe(0);
    expect(first.path).toBe(join(cache, 'data.bin'));
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
    expect(server.requests.length).toBe(1);
    expect(await readdir(cache)).toEqual(['data.bin']);
  });

  it('reports progress from nothing to all', async () => {
    const { file } = await serve(whole(content));
    const events: DownloadProgress[] = [];
    await get(file, { onProgress: (event) => events.push(event) });
    expect(events[0]).toEqual({
      name: 'data',
      file: 'data.bin',
      url: file.url,
      received: 0,
      total: content.length,
    });
    expect(events.at(-1)!.received).toBe(content.length);
    const received = events.map((event) => event.received);
    expect(received).toEqual([...received].sort((a, b) => a - b));
  });

  it('follows redirects', async () => {
    const { file, server } = await serve(redirect('/elsewhere'), whole(content));
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
    expect(server.requests.map(({ path }) => path)).toEqual(['/data.bin', '/elsewhere']);
  });

  it('decodes what is compressed on the way', async () => {
    const { gzipSync } = await import('node:zlib');
    const { file } = await serve(answer(gzipSync(content), { headers: { 'content-encoding': 'gzip' } }));
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
  });
});

describe('a download that is cut', () => {
  it('continues where it was', async () => {
    const { file, server } = await serve(endAfter(content, half), whole(content));
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, `bytes=${half}-`]);
  });

  it('starts again from a server without ranges', async () => {
    const { file } = await serve(cutAfter(content, half), withoutRanges(content));
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
  });

  it('continues as long as there is progress', async () => {
    const { file, server } = await serve(endAfter(content, 70_000));
    expect(Buffer.compare((await get(file, { attempts: 2 })).bytes, content)).toBe(0);
    expect(server.requests.length).toBe(5);
  });

  it('is given up when there is none, and continued by the next call', async () => {
    const { file, server } = await serve(endAfter(content, half), cutAfter(content, 0));
    await expect(get(file, { attempts: 3 })).rejects.toThrow(DownloadError);
    await expectNothingCached();
    expect(await readdir(cache)).toEqual(['data.bin.free.partial']);
    expect(server.requests.length).toBe(4);

    const good = await serve(whole(content));
    expect(Buffer.compare((await get(good.file)).bytes, content)).toBe(0);
    expect(good.server.requests[0].range).toBe(`bytes=${half}-`);
    expect(await readdir(cache)).toEqual(['data.bin']);
  });

  it('stalls no longer than it may', async () => {
    const { file, server } = await serve(stallAfter(content, half), whole(content));
    expect(Buffer.compare((await get(file, { stallTimeout: 100, attempts: 50 })).bytes, content)).toBe(0);
    // A slow machine may give up a good connection too: it loses nothing.
    expect(server.requests.length).toBeGreaterThan(1);
  });

  it('says so when nothing ever comes', async () => {
    await expectRefused([() => undefined], 'nothing came for 0.02 s', { stallTimeout: 20, attempts: 2 });
  });

  it('ends when the signal says so, and is continued by the next call', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const { file, server } = await serve(stallAfter(content, half), whole(content));
    const stopAtHalf = ({ received }: DownloadProgress) => received >= half && stop.abort(reason);
    await expect(get(file, { signal: stop.signal, onProgress: stopAtHalf })).rejects.toBe(reason);
    await expectNothingCached();
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
    expect(server.requests[1].range).toBe(`bytes=${half}-`);
    await expect(get(file, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('starts again when what was kept turns out to be wrong', async () => {
    await writeFile(join(cache, 'data.bin.free.partial'), new Uint8Array(half));
    const { file, server } = await serve(whole(content));
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
    expect(server.requests.map(({ range }) => range)).toEqual([`bytes=${half}-`, undefined]);
  });

  it('starts again when the server continues from another place, or will not continue', async () => {
    for (const refusal of [
      answer(content.subarray(5), { status: 206, headers: { 'content-range': `bytes 5-299999/300000` } }),
      answer('', { status: 206 }),
      answer('', { status: 416 }),
    ]) {
      await writeFile(join(cache, 'data.bin.free.partial'), content.subarray(0, half));
      const { file } = await serve(refusal, whole(content));
      expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
      await rm(join(cache, 'data.bin'));
    }
  });
});

describe('alternatives', () => {
  it('are looked for everywhere near before anything is downloaded', async () => {
    const { file, server } = await serve(whole(content));
    await writeFile(join(cache, 'other.bin'), content);
    const options = { cache, mirror: '' };
    const got = await obtain(
      { name: 'data' },
      [file, { ...file, file: 'other.bin' }],
      openFileStore(options),
      options,
    );
    expect(got.file.file).toBe('other.bin');
    expect(server.requests).toEqual([]);
  });

  it('are tried in order', async () => {
    const { file, server } = await serve(answer('', { status: 404 }), whole(content));
    const options = { cache, mirror: '', retryDelay: 1 };
    const got = await obtain(
      { name: 'data' },
      [file, { ...file, file: 'other.bin' }],
      openFileStore(options),
      options,
    );
    expect(got.file.file).toBe('other.bin');
    expect(server.requests.length).toBe(2);
  });
});

it('downloads in one process at the same time do not disturb one another', async () => {
  const { file } = await serve(cutAfter(content, half), whole(content));
  const all = await Promise.all(Array.from({ length: 5 }, () => get(file)));
  for (const { bytes } of all) expect(Buffer.compare(bytes, content)).toBe(0);
  expect(await readdir(cache)).toEqual(['data.bin']);
});

it('leaves the partial downloads of other files alone, whose names begin alike', async () => {
  await writeFile(join(cache, 'data.bin.old.free.partial'), content.subarray(0, half));
  const { file, server } = await serve(whole(content));
  await get(file);
  expect(server.requests[0].range).toBeUndefined();
  expect((await readdir(cache)).sort()).toEqual(['data.bin', 'data.bin.old.free.partial']);
});
