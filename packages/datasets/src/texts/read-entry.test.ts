import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { answer, type LocalServer, localServer, whole } from '../download/fixtures/local-server.js';
import { ZipError } from '../download/zip-member.js';
import { archive, archiveEntry } from './fixtures/archive.js';
import { readEntry } from './read-entry.js';

let cache: string;
let server: LocalServer;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'throughtime-entry-'));
  server = await localServer(answer('', { status: 404 }), whole(archive));
});
afterEach(async () => {
  await server.close();
  await rm(cache, { recursive: true, force: true });
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

it('reads parts from an archive where their own file is not to be had, and fetches the archive once', async () => {
  const entry = archiveEntry(server.url);
  const options = { cache, mirror: '' };
  const train = await readEntry('corpus', entry, options);
  expect(train).toEqual({
    name: 'corpus',
    part: 'train',
    title: 'A corpus',
    rights: 'CC0-1.0',
    source: 'here',
    bytes: expect.anything(),
  });
  expect(text(train.bytes)).toBe('train — one\n');
  expect(text((await readEntry('corpus', entry, { ...options, part: 'validation' })).bytes)).toBe('valid\n');
  expect(text((await readEntry('corpus', entry, { ...options, part: 'test' })).bytes)).toBe('test\n');
  expect(server.requests.map(({ path }) => path)).toEqual(['/train.txt', '/corpus.zip']);
});

it('shows the rights while it downloads', async () => {
  const rights = new Set<string | undefined>();
  await readEntry('corpus', archiveEntry(server.url), {
    cache,
    mirror: '',
    onProgress: (progress) => rights.add(progress.rights),
  });
  expect([...rights]).toEqual(['CC0-1.0']);
});

it('names a part that is not there, a part of a corpus in one piece, and a lacking member', async () => {
  const entry = archiveEntry(server.url);
  // @ts-expect-error: a part that JavaScript callers may ask for
  await expect(readEntry('corpus', entry, { part: 'dev' })).rejects.toThrow(
    "part: expected one of train, validation, test, got 'dev'",
  );
  const zip = 'parts' in entry ? entry.parts.test[0] : undefined;
  const piece = { title: '', rights: '', source: '', whole: [{ ...zip!, member: 'corpus/all.txt' }] };
  await expect(readEntry('piece', piece, { part: 'test' })).rejects.toThrow('part: expected none');
  await readEntry('corpus', entry, { cache, mirror: '' });
  const lacking = readEntry('piece', piece, { cache, mirror: '' });
  await expect(lacking).rejects.toThrow(ZipError);
  await expect(lacking).rejects.toThrow("expected a member 'corpus/all.txt', got corpus/train.txt");
});
