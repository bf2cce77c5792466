import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ArgumentError } from '@throughtime/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trainBpe } from '../bpe/train-bpe.js';
import { countTokens, countTokensStream } from '../counting/count-tokens.js';
import { InvalidFormatError, InvalidUtf8Error, UnknownTokenError } from '../errors.js';
import { mobyDick } from '../fixtures/corpora.js';
import { LANGUAGES } from '../fixtures/languages.js';
import { TextCodec } from '../text-codec.js';
import { charTokenizer } from '../tokenizers/character-tokenizer.js';
import { wordTokenizer } from '../tokenizers/word-tokenizer.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import { encodeFile } from './encode-file.js';
import { loadTokenizer, loadVocabulary, saveTokenizer, saveVocabulary } from './json-files.js';
import { readText } from './read-text.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'text preprocess '));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

// Longer than a chunk of reading, with characters of every length across its ends.
const text = `${mobyDick()}${Object.values(LANGUAGES).join('\n').repeat(100)}`;

describe('readText', () => {
  it('gives the text of a file', async () => {
    const path = join(folder, 'text.txt');
    await writeFile(path, text);
    const chunks: string[] = [];
    for await (const chunk of readText(path)) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.join('')).toBe(text);
    const tokenizer = wordTokenizer();
    expect([...(await countTokensStream(readText(path), { tokenizer }))]).toEqual([
      ...countTokens(text, { tokenizer }),
    ]);
  });

  it('says at which byte a file is not UTF-8, however far in', async () => {
    const path = join(folder, 'text.txt');
    const bytes = Buffer.from(text);
    const offset = bytes.length;
    await writeFile(path, Buffer.concat([bytes, Buffer.from([0xfc, 0x62]), bytes]));
    const read = async () => {
      for await (const _ of readText(path));
    };
    await expect(read()).rejects.toThrow(InvalidUtf8Error);
    await expect(read()).rejects.toMatchObject({ byteOffset: offset });
    await expect(read()).rejects.toThrow(
      `${path}: expected UTF-8, found the ill-formed bytes fc at byte offset ${offset}`,
    );
    let replaced = '';
    for await (const chunk of readText(path, { invalid: 'replace' })) replaced += chunk;
    expect(replaced).toBe(`${text}\ufffdb${text}`);
  });

  it('stops when aborted', async () => {
    const path = join(folder, 'text.txt');
    await writeFile(path, text);
    const controller = new AbortController();
    const read = async () => {
      for await (const _ of readText(path, { signal: controller.signal })) controller.abort();
    };
    await expect(read()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  it('refuses options that it does not know, before it reads', () => {
    expect(() => readText('none.txt', { invald: 'replace' } as object)).toThrow("did you mean 'invalid'?");
    expect(() => readText('none.txt', { signal: new AbortController() as unknown as AbortSignal })).toThrow(
      'signal: expected an AbortSignal, got an AbortController',
    );
  });

  it('names a file that is missing', async () => {
    await expect(readText(join(folder, 'none.txt')).next()).rejects.toThrow(/ENOENT.*none\.txt/);
    for (const path of [folder, pathToFileURL(folder)])
      await expect(readText(path).next()).rejects.toMatchObject({ code: 'EISDIR', path: folder });
    for (const load of [loadVocabulary, loadTokenizer])
      await expect(load(folder)).rejects.toMatchObject({ code: 'EISDIR', path: folder });
  });
});

describe('encodeFile', () => {
  const tokenizer = charTokenizer();

  it('writes the ids of a file', async () => {
    const input = join(folder, 'text.txt');
    const output = join(folder, 'ids.bin');
    await writeFile(input, text);
    const codec = new TextCodec({ tokenizer, vocabulary: Vocabulary.fromTokens(tokenizer.tokenize(text)) });
    const progress: number[] = [];
    const count = await encodeFile({ input, output, codec, onProgress: (ids) => progress.push(ids) });
    const bytes = await readFile(output);
    const ids = Int32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32LE(i * 4));
    expect(ids).toEqual(codec.encode(text));
    expect(count).toBe(ids.length);
    expect(progress.at(-1)).toBe(count);
    expect(await readdir(folder)).toEqual(['ids.bin', 'text.txt']);
  });

  it('leaves the old file, and nothing beside it, when it fails', async () => {
    const input = join(folder, 'text.txt');
    const output = join(folder, 'ids.bin');
    await writeFile(input, text);
    await writeFile(output, 'old');
    const codec = new TextCodec({
      tokenizer,
      vocabulary: Vocabulary.fromTokens([...'CHAPTER 1'], { unknown: null }),
    });
    await expect(encodeFile({ input, output, codec })).rejects.toThrow(UnknownTokenError);
    expect(await readFile(output, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['ids.bin', 'text.txt']);
  });
});

describe('encodeFile is held to its options', () => {
  const codec = new TextCodec({ tokenizer: charTokenizer(), vocabulary: Vocabulary.fromTokens(['a']) });
  it.each<[string, unknown]>([
    ['options', undefined],
    ['input', { output: 'ids.bin', codec }],
    ['output', { input: 'text.txt', output: '', codec }],
    ['codec', { input: 'text.txt', output: 'ids.bin', codec: charTokenizer() }],
    ['onProgres', { input: 'text.txt', output: 'ids.bin', codec, onProgres: () => {} }],
  ])('%s', async (name, options) => {
    const encode = encodeFile(options as Parameters<typeof encodeFile>[0]);
    await expect(encode).rejects.toThrow(ArgumentError);
    await expect(encode).rejects.toThrow(new RegExp(`^${name}: expected`));
  });
});

describe('saved tokenizers and vocabularies', () => {
  it('come back the same', async () => {
    const vocabulary = Vocabulary.fromTokens(text.split(' '), { reserved: ['<pad>'] });
    await saveVocabulary(join(folder, 'vocabulary.json'), vocabulary);
    expect((await loadVocabulary(join(folder, 'vocabulary.json'))).toJSON()).toEqual(vocabulary.toJSON());

    const bpe = trainBpe(text.slice(0, 5000), { vocabularySize: 300 });
    await saveTokenizer(join(folder, 'tokenizer.json'), bpe);
    expect((await loadTokenizer(join(folder, 'tokenizer.json'))).tokenize(text)).toEqual(bpe.tokenize(text));
  });

  it('are refused when the file was cut short', async () => {
    const path = join(folder, 'vocabulary.json');
    await writeFile(path, JSON.stringify(Vocabulary.fromTokens(['a', 'b'])).slice(0, 50));
    await expect(loadVocabulary(path)).rejects.toThrow(InvalidFormatError);
    await expect(loadTokenizer(path)).rejects.toThrow(InvalidFormatError);
    for (const load of [loadVocabulary, loadTokenizer]) await expect(load(path)).rejects.toThrow(`${path}: `);
  });
});
