import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openFileStore } from './browser-file-store.js';
import { answer, type Behavior, endAfter, localServer, whole } from './fixtures/local-server.js';
import { obtain } from './obtain.js';

const content = Uint8Array.from({ length: 3_000 }, (_, i) => (i * 31) & 255);
const sha256 = createHash('sha256').update(content).digest('hex');

/** As much of the Cache API as is used, for pages of one origin. */
function fakeCaches() {
  const kept = new Map<string, Response>();
  return {
    kept,
    open: async () => ({
      match: async (key: string) => kept.get(key)?.clone(),
      put: async (key: string, response: Response) => void kept.set(key, response),
    }),
  };
}

afterEach(() => vi.unstubAllGlobals());

async function serve(...behaviors: Behavior[]) {
  const server = await localServer(...behaviors);
  onTestFinished(() => server.close());
  return { server, file: { file: 'data.bin', url: `${server.url}/data.bin`, bytes: content.length, sha256 } };
}

const get = (file: Awaited<ReturnType<typeof serve>>['file'], mirror?: string) =>
  obtain({ name: 'data' }, [file], openFileStore({ mirror }), { retryDelay: 1 });

describe('the store of browsers', () => {
  it('keeps a download for other visits, checked, and continues one that was cut', async () => {
    vi.stubGlobal('caches', fakeCaches());
    const { file, server } = await serve(endAfter(content, 1_000), whole(content));
    expect((await get(file)).bytes).toEqual(content);
    expect((await get(file)).bytes).toEqual(content);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=1000-']);
  });

  it('never keeps what is wrong, and does not believe what it has kept', async () => {
    const caches = fakeCaches();
    vi.stubGlobal('caches', caches);
    const { file } = await serve(whole(new Uint8Array(3_000)), answer('', { status: 404 }), whole(content));
    await expect(get(file)).rejects.toThrow('another SHA-256');
    expect(caches.kept.size).toBe(0);
    await expect(get(file)).rejects.toThrow(
      `Serve ${file.url} (3000 bytes, SHA-256 ${sha256}) as data.bin below a URL, and pass that URL as the option mirror`,
    );
    caches.kept.set(`https://throughtime.invalid/sha256/${sha256}`, new Response(new Uint8Array(3_000)));
    expect((await get(file)).bytes).toEqual(content);
  });

  it('works without the Cache API', async () => {
    const { file } = await serve(whole(content));
    expect((await get(file)).bytes).toEqual(content);
  });

  it('asks a mirror first, which cannot be a folder', async () => {
    const { file, server } = await serve(whole(content));
    await get(file, `${server.url}/pub/`);
    expect(server.requests[0].path).toBe('/pub/data.bin');
    expect(() => openFileStore({ mirror: '/data' })).toThrow(
      "mirror: expected a base URL (browsers have no folders), got '/data'",
    );
  });

  it('refuses rather than trusts where SHA-256 is not to be had', async () => {
    vi.stubGlobal('crypto', {});
    const { file } = await serve(whole(content));
    await expect(get(file)).rejects.toThrow('SHA-256 cannot be checked');
  });
});
