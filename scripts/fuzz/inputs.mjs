// What the readers are given: good files of each kind, and ways to damage them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { root } from '../workspace.mjs';

/** @typedef {Record<string, Uint8Array>} Files by name */

const text = (/** @type {string} */ content) => new TextEncoder().encode(content);

/** The folders of one of our format fixtures. @param {string} folder @returns {Files[]} */
function folders(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const names = readdirSync(join(root, folder, name));
      return Object.fromEntries(names.map((file) => [file, readFileSync(join(root, folder, name, file))]));
    });
}

/** @param {string} folder */
const single = (folder) => folders(folder).map((files) => ({ file: Object.values(files)[0] }));

/** Good inputs of each reader. @returns {Record<string, Files[]>} */
export function sampleInputs() {
  const models = folders('packages/lang-model/src/files/fixtures/format-1');
  const isNgram = (/** @type {Files} */ files) =>
    /"kind": ?"ngram"/.test(Buffer.from(files['config.json']).toString());
  const whole = models.filter((files) => files['config.json'] && files['model.safetensors']);
  const ngrams = 'packages/lang-model/src/ngram/fixtures';
  const arpa = readFileSync(join(root, ngrams, 'words.o2.arpa.gz'));
  const tokenizers = JSON.parse(
    readFileSync(join(root, 'packages/text-preprocess/src/bpe/fixtures/tokenizer-files.json'), 'utf8'),
  );
  const subwords = JSON.parse(
    readFileSync(join(root, 'packages/text-preprocess/src/subwords/fixtures/huggingface.json'), 'utf8'),
  );
  const csv = [
    'date,value\n2020-01-01,1\n2020-01-02,2.5\n2020-01-03,\n2020-01-05,4e3\n',
    'a;b\n1,5;2\n2,5;"7"\n',
    '"day","a ""b"""\r\n"2020-01-01","1"\r\n"2020-01-02","2"\r\n',
  ];
  const json = [
    '[1,2,3]',
    '{"time":["2020-01","2020-02"],"a":[1,2]}',
    '[{"t":"2020-01-01","v":1},{"t":"2020-01-02","v":null}]',
  ];
  return {
    safetensors: whole.slice(0, 3).map((files) => ({ file: files['model.safetensors'] })),
    model: whole.filter((files) => !isNgram(files)),
    ngram: whole.filter(isNgram),
    vocabulary: whole
      .filter((files) => files['vocabulary.json'])
      .slice(0, 3)
      .map((files) => ({ file: files['vocabulary.json'] })),
    tokenizer: [
      ...Object.values(tokenizers.shapes).map(({ file }) => ({ file: text(JSON.stringify(file)) })),
      ...[subwords.wordpiece, subwords.unigram].flatMap(({ model, decoder, variants }) =>
        variants.map((/** @type {{ parts: { model?: object } }} */ { parts }) => ({
          file: text(JSON.stringify({ decoder, ...parts, model: { ...model, ...parts.model } })),
        })),
      ),
      {
        file: text(
          '{"type":"regex","source":"\\\\w+|[^\\\\w\\\\s]+(?=x)","flags":"gu","matches":"tokens","rest":"keep","scope":"text"}',
        ),
      },
    ],
    arpa: [{ file: gunzipSync(arpa) }],
    'arpa-gzip': [{ file: arpa }],
    csv: csv.map((file) => ({ file: text(file) })),
    json: json.map((file) => ({ file: text(file) })),
    checkpoint: single('packages/bptt-trainer/src/snapshot/fixtures/format-1'),
    zip: [{ file: zipSync({ 'a/b.txt': text('hello '.repeat(100)), 'c.csv': text(csv[0]) }) }],
    forecaster: folders('packages/forecasting/src/files/fixtures/format-1'),
    task: folders('packages/sequence-tasks/src/files/fixtures/format-1'),
    link: [{ file: text('source=file&hidden=32&column=a%20b') }],
  };
}

/** Numbers in [0, 1) from a seed (mulberry32). @param {number} seed */
export function randomFrom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const numbers = [
  '0',
  '-1',
  '1',
  '0.5',
  '2147483648',
  '4294967297',
  '9007199254740993',
  '1e15',
  '1e308',
  '-1e308',
  'null',
  '[]',
  '{}',
  '""',
  'true',
];
const words = [
  '(a+)+$',
  '__proto__',
  '\\u0000',
  '\\ud800',
  'constructor',
  '9999-12-31',
  '0001-01-01',
  '"',
  '\n',
  ',',
  '[[',
  '{"a":',
  '\ufeff',
];
/** An input stays under a megabyte. */
const mostBytes = 900_000;

/** Damages one of the files, in one to three ways. @param {Files} files @param {() => number} random @returns {Files} */
export function damaged(files, random) {
  const below = (/** @type {number} */ n) => Math.floor(random() * n);
  const names = Object.keys(files);
  const name = names[below(names.length)];
  let bytes = files[name];
  for (let i = below(3); i >= 0; i--) {
    const at = below(bytes.length + 1);
    const way = below(9);
    if (way === 0) bytes = bytes.subarray(0, at);
    else if (way === 1)
      bytes = joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + below(20))));
    else if (way === 2)
      bytes = joined(bytes.subarray(0, at), text(words[below(words.length)]), bytes.subarray(at));
    else if (way <= 4) bytes = withNumber(bytes, numbers[below(numbers.length)], random);
    else if (way <= 6) {
      // A few bytes again and again: what is not linear takes long.
      const piece = bytes.subarray(at, at + 1 + below(8));
      const most = Math.max(0, mostBytes - bytes.length);
      const times = Math.floor(Math.min(most, 10 ** (1 + random() * 5)) / Math.max(1, piece.length));
      bytes = joined(bytes.subarray(0, at), repeated(piece, times), bytes.subarray(at));
    } else {
      bytes = Uint8Array.from(bytes);
      for (let flips = 1 + below(3); flips > 0 && bytes.length > 0; flips--)
        bytes[below(bytes.length)] ^= 1 << below(8);
    }
  }
  // Often inside the compression, too.
  if (name === 'file' && files.file[0] === 0x1f && random() < 0.5) {
    const inside = { file: new Uint8Array(gunzipSync(files.file)) };
    bytes = gzipSync(damaged(inside, random).file);
  }
  return { ...files, [name]: bytes };
}

/** What a number in an array of int32 may become by damage, or on purpose. */
const words32 = [-1, 0, 1, 2 ** 31 - 1, -(2 ** 31)];
/** How many numbers of one file are replaced, from its first on and from its last: more of a kind say nothing new. */
const mostReplaced = 400;

/**
 * The files with one of their numbers replaced, each by each of the extremes: those written in JSON, and the words of a safetensors file's
 * data. A number may drive a loop or an allocation.
 * @param {Files} files @returns {Generator<Files>}
 */
export function* everyNumber(files) {
  for (const [name, bytes] of Object.entries(files)) {
    // A safetensors file, or a checkpoint, is a header in JSON behind its length, and the data.
    const header = bytes.length > 9 && bytes[8] === 0x7b ? Number(Buffer.from(bytes).readBigUInt64LE()) : 0;
    const [start, end] = header > 0 ? [8, 8 + header] : [0, bytes.length];
    const content = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    for (const { 0: old, index } of firstAndLast([...content.matchAll(/-?\d+(?:\.\d+)?/g)])) {
      for (const number of numbers) {
        const text = content.slice(0, index) + number + content.slice(index + old.length);
        const written = Buffer.from(text, 'latin1');
        if (header === 0) yield { ...files, [name]: new Uint8Array(written) };
        else {
          const length = Buffer.alloc(8);
          length.writeBigUInt64LE(BigInt(written.length));
          yield { ...files, [name]: joined(length, written, bytes.subarray(end)) };
        }
      }
    }
    if (header === 0) continue;
    const places = Array.from({ length: (bytes.length - end) >> 2 }, (_, i) => end + 4 * i);
    for (const at of firstAndLast(places)) {
      for (const word of words32) {
        const changed = Buffer.from(bytes);
        changed.writeInt32LE(word, at);
        yield { ...files, [name]: new Uint8Array(changed) };
      }
    }
  }
}

/** @template T @param {readonly T[]} items @returns {readonly T[]} */
function firstAndLast(items) {
  return items.length <= 2 * mostReplaced
    ? items
    : [...items.slice(0, mostReplaced), ...items.slice(-mostReplaced)];
}

/** One of the numbers in a text replaced. @param {Uint8Array} bytes @param {string} number @param {() => number} random */
function withNumber(bytes, number, random) {
  const start = bytes[0] === 0x7b || bytes.length < 9 ? 0 : 8;
  const content = Buffer.from(bytes).toString('latin1');
  const found = [...content.slice(start, 200_000).matchAll(/-?\d+(?:\.\d+)?/g)];
  if (found.length === 0) return bytes;
  const { 0: old, index } = found[Math.floor(random() * found.length)];
  return new Uint8Array(
    Buffer.from(
      content.slice(0, start + index) + number + content.slice(start + index + old.length),
      'latin1',
    ),
  );
}

/** @param {...Uint8Array} parts */
function joined(...parts) {
  return new Uint8Array(Buffer.concat(parts));
}

/** @param {Uint8Array} piece @param {number} times */
function repeated(piece, times) {
  const all = new Uint8Array(piece.length * Math.max(0, times));
  for (let i = 0; i < times; i++) all.set(piece, i * piece.length);
  return all;
}
