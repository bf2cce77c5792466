import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RemoteFile } from '../catalogue/entry.js';
import type { DownloadOptions, DownloadProgress } from './download-options.js';
import { DownloadError } from './errors.js';
import {
  answer,
  type Behaviour,
  cutAfter,
  endAfter,
  localServer,
  redirect,
  stallAfter,
  whole,
  withoutRanges,
} from './fixtures/local-server.js';
import { openFileStore } from './node-file-store.js';
import { obtain } from './obtain.js';

// Larger than one socket buffer, and every byte depends on its place.
const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
const sha256 = createHash('sha256').update(content).digest('hex');
const half = 150_000;

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'throughtime cache '));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

async function serve(...behaviours: Behaviour[]) {
  const server = await localServer(...behaviours);
  onTestFinished(() => server.close());
  const file: RemoteFile = { file: 'data.bin', url: `${server.url}/data.bin`, bytes: content.length, sha256 };
  return { server, file };
}

function get(file: RemoteFile, options: DownloadOptions = {}) {
  const quick = { cache, mirror: '', retryDelay: 1, stallTimeout: 20_000, ...options };
  return obtain({ name: 'data' }, [file], openFileStore(quick), quick);
}

/** Whatever went wrong: there is no file under the final name. */
async function expectNothingCached() {
  expect(await readdir(cache).catch(() => [])).not.toContain('data.bin');
}

async function expectRefused(behaviours: Behaviour[], reason: string | RegExp, options?: DownloadOptions) {
  const { file, server } = await serve(...behaviours);
  const failure = get(file, options);
  await expect(failure).rejects.toThrow(DownloadError);
  await expect(failure).rejects.toThrow(reason);
  await expectNothingCached();
  return server;
}

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

  it('goes on as long as there is progress', async () => {
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

describe('a download from a bad server', () => {
  const html = '<!doctype html><title>Welcome to the hotel</title>';
  const wrong = content.slice();
  wrong[half] ^= 1;

  it.each<[string, Behaviour, string]>([
    [
      'a web page',
      answer(html, { headers: { 'content-type': 'text/html; charset=utf-8' } }),
      'a web page came',
    ],
    [
      'a web page called text',
      answer(html, { headers: { 'content-type': 'text/plain' } }),
      'the file there has 50 bytes, not 300000',
    ],
    ['wrong bytes of the right length', whole(wrong), 'another SHA-256: it is not the file'],
    ['a shorter file', whole(content.subarray(0, -1)), 'the file there has 299999 bytes, not 300000'],
    ['a longer file', whole(new Uint8Array(300_001)), 'more came than the 300000 bytes'],
    ['404', answer('no', { status: 404 }), 'the server answered 404 Not Found'],
    ['503 for ever', answer('', { status: 503 }), 'the server answered 503 Service Unavailable'],
  ])('is refused: %s', async (_, behaviour, reason) => {
    await expectRefused([behaviour], reason);
  });

  it('is refused when it announces too little', async () => {
    // Fewer bytes are announced than the file has: a client hears no more than those.
    const liar: Behaviour = (_, response) => {
      response.socket!.end(
        Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n'), content]),
      );
    };
    await expectRefused([liar], 'the file there has 1000 bytes, not 300000');
  });

  it('is refused when it announces more than it has', async () => {
    const liar = answer(content.subarray(0, half), { headers: { 'content-length': content.length } });
    const hangUp: Behaviour = (request, response) => {
      liar(request, response);
      response.socket!.end();
    };
    await expectRefused([hangUp], 'could not get data.bin');
  });

  it('is refused when it ends early without announcing anything', async () => {
    await expectRefused(
      [endAfter(content, half), endAfter(content, 0)],
      'the connection was cut after 150000 of 300000 bytes',
    );
  });

  it('is refused when a range says that the file has another size', async () => {
    await writeFile(join(cache, 'data.bin.free.partial'), content.subarray(0, half));
    await expectRefused([whole(content.subarray(0, -1))], 'the file there has 299999 bytes, not 300000');
  });

  it('is refused when it redirects in circles', async () => {
    await expectRefused([redirect('/data.bin')], 'redirect count exceeded', { attempts: 1 });
  });

  it('is tried again when the trouble may pass', async () => {
    const { file, server } = await serve(
      answer('', { status: 503 }),
      answer('', { status: 429 }),
      whole(content),
    );
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
    expect(server.requests.length).toBe(3);
  });

  it('never leaves anything wrong in the cache, whatever the server does in whatever order', async () => {
    const anywhere = fc.integer({ min: 0, max: content.length });
    const behaviour = fc.oneof(
      anywhere.map((bytes) => cutAfter(content, bytes)),
      anywhere.map((bytes) => cutAfter(wrong, bytes)),
      anywhere.map((bytes) => whole(content.subarray(0, bytes))),
      fc.constantFrom(
        whole(content),
        whole(wrong),
        withoutRanges(content),
        withoutRanges(wrong),
        whole(new Uint8Array(content.length + 7)),
        answer(html, { headers: { 'content-type': 'text/html' } }),
        answer('', { status: 500 }),
        answer('', { status: 416 }),
        answer(content.subarray(9), { status: 206, headers: { 'content-range': 'bytes 9-299999/300000' } }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 6 }), async (behaviours) => {
        const server = await localServer(...behaviours);
        const file = { file: 'data.bin', url: server.url, bytes: content.length, sha256 };
        const got = await get(file).catch((error) => error);
        await server.close();
        const cached = join(cache, 'data.bin');
        if (got instanceof Error) expect(got).toBeInstanceOf(DownloadError);
        else expect(Buffer.compare(got.bytes, content)).toBe(0);
        if (existsSync(cached)) expect(Buffer.compare(await readFile(cached), content)).toBe(0);
        expect(existsSync(cached)).toBe(!(got instanceof Error));
        await rm(cached, { force: true });
      }),
      { numRuns: 60 },
    );
  });
});

describe('without a network', () => {
  const offline = () =>
    Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }));

  it('says what to download to where', async () => {
    const { file } = await serve(whole(content));
    const message = await get(file, { fetch: offline }).catch((error: Error) => error.message);
    expect(message).toBe(
      `data: could not get data.bin: ${file.url}: fetch failed (getaddrinfo ENOTFOUND). ` +
        `Download ${file.url} (300000 bytes, SHA-256 ${sha256}) and save it as ${join(cache, 'data.bin')}, ` +
        'or in a folder that THROUGHTIME_MIRROR names',
    );
  });

  it('uses what a user put there by hand', async () => {
    const { file } = await serve(whole(content));
    await writeFile(join(cache, 'data.bin'), content);
    expect(Buffer.compare((await get(file, { fetch: offline })).bytes, content)).toBe(0);
  });

  it('says what is wrong with a cached file, and leaves it to be looked at', async () => {
    const { file } = await serve(whole(content));
    await writeFile(join(cache, 'data.bin'), 'something else');
    await expect(get(file, { fetch: offline })).rejects.toThrow(
      `${join(cache, 'data.bin')} has 14 bytes, not 300000`,
    );
    expect(await readFile(join(cache, 'data.bin'), 'utf8')).toBe('something else');
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
  });

  it('names a cache folder that cannot be written', async () => {
    const { file } = await serve(whole(content));
    const occupied = join(cache, 'occupied');
    await writeFile(occupied, '');
    await expect(get(file, { cache: join(occupied, 'below') })).rejects.toThrow(
      `the cache folder ${join(occupied, 'below')} cannot be written`,
    );
  });
});

describe('a mirror', () => {
  let mirror: string;
  beforeEach(async () => {
    mirror = await mkdtemp(join(tmpdir(), 'throughtime-mirror-'));
  });
  afterEach(() => rm(mirror, { recursive: true, force: true }));

  it('that is a folder is asked first, and nothing is downloaded or copied', async () => {
    const { file, server } = await serve(whole(content));
    await writeFile(join(mirror, 'data.bin'), content);
    const { bytes, path } = await get(file, { mirror });
    expect(Buffer.compare(bytes, content)).toBe(0);
    expect(path).toBe(join(mirror, 'data.bin'));
    expect(server.requests).toEqual([]);
    await expectNothingCached();
  });

  it('is checked like everything else', async () => {
    const { file, server } = await serve(whole(content));
    await writeFile(join(mirror, 'data.bin'), new Uint8Array(content.length));
    expect(Buffer.compare((await get(file, { mirror })).bytes, content)).toBe(0);
    expect(server.requests.length).toBe(1);

    await rm(join(cache, 'data.bin'));
    const offline = () => Promise.reject(new TypeError('fetch failed'));
    await expect(get(file, { mirror, fetch: offline })).rejects.toThrow(
      `${join(mirror, 'data.bin')} has another SHA-256: it is not the file`,
    );
  });

  it('that is a URL is asked by file name before the file itself', async () => {
    const good = await serve(whole(content));
    const other = await serve(answer('', { status: 404 }));
    const { file } = good;
    await get({ ...file, url: `${other.server.url}/original` }, { mirror: `${good.server.url}/pub` });
    expect(good.server.requests.map(({ path }) => path)).toEqual(['/pub/data.bin']);
    expect(other.server.requests).toEqual([]);

    await rm(join(cache, 'data.bin'));
    await get(file, { mirror: other.server.url });
    expect(other.server.requests.map(({ path }) => path)).toEqual(['/data.bin']);
  });

  it('comes from THROUGHTIME_MIRROR where no option names one', async () => {
    const { file } = await serve(answer('', { status: 404 }));
    await writeFile(join(mirror, 'data.bin'), content);
    const before = process.env.THROUGHTIME_MIRROR;
    process.env.THROUGHTIME_MIRROR = mirror;
    onTestFinished(() => {
      if (before === undefined) delete process.env.THROUGHTIME_MIRROR;
      else process.env.THROUGHTIME_MIRROR = before;
    });
    const { path } = await obtain({ name: 'data' }, [file], openFileStore({ cache }), {});
    expect(path).toBe(join(mirror, 'data.bin'));
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
