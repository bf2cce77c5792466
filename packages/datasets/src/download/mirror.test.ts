import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { cache, content, expectNothingCached, get, serve, sha256, useCache } from './fixtures/harness.js';
import { answer, whole } from './fixtures/local-server.js';
import { openFileStore } from './node-file-store.js';
import { obtain } from './obtain.js';

useCache();

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

  it.each(['a#b.bin', 'a?b.bin', '100%.bin', '%2e%2e', 'a b.bin', 'c:d.bin', 'é.bin', '..a'])(
    'that is a URL is asked for the name %s as it is',
    async (name) => {
      const { server, file } = await serve(whole(content));
      await get({ ...file, file: name, url: `${server.url}/original` }, { mirror: `${server.url}/pub` });
      expect(server.requests.map(({ path }) => decodeURIComponent(path))).toEqual([`/pub/${name}`]);
      expect(server.requests[0].path).not.toMatch(/[#?]/);
    },
  );

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
