import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import {
  charTokenizer,
  countTokens,
  TextCodec,
  trainBpe,
  Vocabulary,
  wordTokenizer,
} from '@throughtime/text-preprocess';
import { longLineRows } from './long-lines.mjs';
import { python } from './python.mjs';
import { zipfText } from './zipf-text.mjs';

export const description =
  'characters, words and BPE to ids beside the usual JavaScript, Python and @huggingface/tokenizers, then long lines of many scripts: two minutes (--long-lines: those alone, a minute; --gigabyte: memory)';

const ROUNDS = 5;
const BOOK_COPIES = 60;
const SYNTHETIC_MEGABYTES = 24;

/** @param {{ args: string[], report: (line: string) => void }} options */
export async function run({ args, report }) {
  if (args.includes('--long-lines')) return longLineRows(report);
  const book = readFileSync(
    new URL('../packages/datasets/data/moby-dick-chapters-1-17.txt', import.meta.url),
    'utf8',
  );
  // By way of bytes: a repeated or joined string is a tree of parts, and the first to walk it would pay for flattening it.
  const books = Buffer.from(book.repeat(BOOK_COPIES)).toString();
  const synthetic = Buffer.from(syntheticText()).toString();
  report('');
  report(
    `Texts: Moby-Dick ${BOOK_COPIES} times over (${shown(megabytesOf(books))} MB); synthetic, 200,000 distinct words by`,
  );
  report(
    `Zipf's law (${shown(megabytesOf(synthetic))} MB). MB of UTF-8 a second, medians of ${ROUNDS} rounds, taken by turns.`,
  );
  report('');
  const rows = [...(await characterRows(books)), ...(await wordRows(synthetic)), ...bpeRows(book)];
  for (const row of rows) report(line(row));
  rows.push(...longLineRows(report));
  if (args.includes('--gigabyte')) rows.push(...(await gigabyteRows(report)));
  report('');
  return rows;
}

async function characterRows(text) {
  const tokenizer = charTokenizer();
  const codec = new TextCodec({ tokenizer, vocabulary: Vocabulary.fromTokens(tokenizer.tokenize(text)) });
  const ids = new Map(codec.vocabulary.tokens.map((token, id) => [token, id]));
  const [ours, plain] = byTurns(text, [
    () => codec.encode(text),
    () => Int32Array.from(text, (character) => ids.get(character)),
  ]);
  const python = await pythonSpeeds(text);
  return beside('character encoding', ours, [
    ['Int32Array.from, Map', plain],
    [`Python ${python.version}, list, dict`, python.characters],
  ]);
}

async function wordRows(text) {
  const tokenizer = wordTokenizer();
  const count = () => Vocabulary.fromCounts(countTokens(text, { tokenizer }));
  const countPlainly = () => {
    const counts = new Map();
    for (const word of text.split(/\s+/)) counts.set(word, (counts.get(word) ?? 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1]);
    return new Map(sorted.map(([word], id) => [word, id + 1]));
  };
  const codec = new TextCodec({ tokenizer, vocabulary: count() });
  const ids = countPlainly();
  const [counting, countingPlainly, encoding, encodingPlainly] = byTurns(text, [
    count,
    countPlainly,
    () => codec.encode(text),
    () => Int32Array.from(text.split(/\s+/), (word) => ids.get(word) ?? 0),
  ]);
  const python = await pythonSpeeds(text);
  return [
    ...beside('word counting, with vocabulary', counting, [
      ['split, Map, sort', countingPlainly],
      [`Python ${python.version}, Counter`, python.counting],
    ]),
    ...beside('word encoding', encoding, [
      ['split, Map', encodingPlainly],
      [`Python ${python.version}, list, dict`, python.words],
    ]),
  ];
}

function bpeRows(text) {
  const bpe = trainBpe(text, { vocabularySize: 8000 });
  const file = JSON.parse(JSON.stringify(bpe));
  const peer = new HuggingFaceTokenizer(file, {});
  const same = peer.encode(text).ids.join() === bpe.encode(text).join();
  if (!same)
    throw new Error('BPE: ids differ from those of @huggingface/tokenizers; speeds would mean nothing');
  // New ones in each round: "first" is with empty caches.
  const [first, peerFirst] = byTurns(text, [
    () => bpe.constructor.fromJSON(file).encode(text),
    () => new HuggingFaceTokenizer(file, {}).encode(text),
  ]);
  const [again, peerAgain] = byTurns(text, [() => bpe.encode(text), () => peer.encode(text)]);
  return [
    ...beside('BPE, loading and first encoding', first, [['@huggingface/tokenizers', peerFirst]]),
    ...beside('BPE encoding', again, [['@huggingface/tokenizers', peerAgain]]),
  ];
}

/** In a process of its own, so that the peak is that of the work alone. */
async function gigabyteRows(report) {
  report('');
  report('One gigabyte from a file (written to the temporary folder first; some minutes) ...');
  const script = fileURLToPath(new URL('text-gigabyte.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const results = JSON.parse(stdout);
  const rows = results.map(({ name, megabytesPerSecond, peak }) => [
    { name: `1 GB: ${name}`, value: megabytesPerSecond, unit: 'MB/s' },
    { name: `1 GB: ${name}, peak resident memory`, value: peak, unit: 'MB', target: 'under 600' },
  ]);
  for (const row of rows.flat()) report(line(row));
  return rows.flat();
}

/** Megabytes a second of each task, the median of rounds in which each has its turn. */
function byTurns(text, tasks) {
  const speeds = tasks.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    tasks.forEach((task, i) => {
      const start = performance.now();
      task();
      speeds[i].push(megabytesOf(text) / ((performance.now() - start) / 1000));
    });
  }
  return speeds.map(median);
}

function beside(name, value, peers) {
  return peers.map(([peer, peerValue]) =>
    peerValue === undefined
      ? { name, value, unit: 'MB/s', peer: `${peer}: NOT COMPARED, there is no ${python}` }
      : { name, value, unit: 'MB/s', peer, peerValue, ratio: value / peerValue },
  );
}

/** @returns {Promise<{ version: string, characters?: number, counting?: number, words?: number }>} */
function pythonSpeeds(text) {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('text_python.py', import.meta.url));
    const peer = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    peer.stdout.on('data', (piece) => {
      out += piece;
    });
    peer.on('error', () => resolve({ version: '3' }));
    peer.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else if (code !== null && code > 0) reject(new Error(`text_python.py ended with code ${code}`));
    });
    peer.stdin.on('error', () => {});
    peer.stdin.end(text);
  });
}

function syntheticText() {
  let text = '';
  for (const chunk of zipfText()) {
    text += chunk;
    if (text.length >= SYNTHETIC_MEGABYTES * 1e6) return text;
  }
}

function line({ name, value, unit, peer, peerValue, ratio, target }) {
  const measured = `  ${name.padEnd(46)} ${shown(value).padStart(8)} ${unit}`;
  if (target) return `${measured} (goal: ${target})`;
  if (!peer) return measured;
  return peerValue === undefined
    ? `${measured}; ${peer}`
    : `${measured}; ${peer}: ${shown(peerValue)}, ${shown(ratio)} times`;
}

function megabytesOf(text) {
  return Buffer.byteLength(text) / 1e6;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function shown(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
