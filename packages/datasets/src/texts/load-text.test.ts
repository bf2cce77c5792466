import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnknownDatasetError } from '../catalog/catalog.js';
import { answer, type LocalServer, localServer, whole } from '../download/fixtures/local-server.js';
import { ZipError } from '../download/zip-member.js';
import { archive, archiveEntry } from './fixtures/archive.js';
import { loadText, loadTextBytes, loadTextSplit, readEntry } from './load-text.js';

/** Edition 1.0's cleaning: letters only, lower case, the whole text at once. */
const cleaned = (text: string) => text.replace(/[^A-Za-z]+/g, ' ').toLowerCase();

describe('loadText', () => {
  it.each([
    ['moby-dick', 176_189, 33_412, 5_646],
    ['alice', 135_021, 27_335, 2_569],
  ])('has the characters, words and distinct words of %s', async (name, characters, words, distinct) => {
    const text = cleaned((await loadText(name)).text);
    const tokens = text.split(' ').filter(Boolean);
    expect(text.length).toBe(characters);
    expect(tokens.length).toBe(words);
    expect(new Set(tokens).size).toBe(distinct);
  });

  it('says what the text is and under what rights', async () => {
    const { name, title, rights, source } = await loadText('moby-dick');
    expect({ name, title, rights, source }).toEqual({
      name: 'moby-dick',
      title: expect.stringContaining('Melville'),
      rights: expect.stringContaining('CC0'),
      source: expect.stringContaining('@stdlib'),
    });
  });

  it('lists what there is when asked for what there is not', async () => {
    const failure = loadText('moby');
    await expect(failure).rejects.toThrow(UnknownDatasetError);
    await expect(failure).rejects.toThrow(/expected a text of the catalog \(moby-dick, alice.*got 'moby'/);
    await expect(loadText('toString')).rejects.toThrow(UnknownDatasetError);
  });

  it('names an option that it does not know, or that cannot be', async () => {
    // @ts-expect-error: a typing error
    await expect(loadText('alice', { atempts: 2 })).rejects.toThrow("did you mean 'attempts'?");
    await expect(loadText('alice', { attempts: 0 })).rejects.toThrow(
      'attempts: expected a whole number of at least 1, got 0',
    );
    await expect(loadText('alice', { stallTimeout: Number.NaN })).rejects.toThrow('stallTimeout: expected');
    await expect(loadText('alice', { retryDelay: -1 })).rejects.toThrow('retryDelay: expected');
    // @ts-expect-error: a part that JavaScript callers may ask for
    await expect(loadTextBytes('penn-treebank', { part: 'dev' })).rejects.toThrow(
      "part: expected one of 'train', 'validation', 'test', got 'dev'",
    );
    // @ts-expect-error: all parts are loaded
    await expect(loadTextSplit('penn-treebank', { part: 'test' })).rejects.toThrow('part: expected the name');
  });
});

describe('readEntry', () => {
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
    expect(text((await readEntry('corpus', entry, { ...options, part: 'validation' })).bytes)).toBe(
      'valid\n',
    );
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
    const zip = 'parts' in entry ? entry.parts.test[0] : undefined;
    const piece = { title: '', rights: '', source: '', whole: [{ ...zip!, member: 'corpus/all.txt' }] };
    await expect(readEntry('piece', piece, { part: 'test' })).rejects.toThrow('part: expected none');
    await readEntry('corpus', entry, { cache, mirror: '' });
    const lacking = readEntry('piece', piece, { cache, mirror: '' });
    await expect(lacking).rejects.toThrow(ZipError);
    await expect(lacking).rejects.toThrow("expected a member 'corpus/all.txt', got corpus/train.txt");
  });
});
