// Counts and encodes a file of a gigabyte, each in a process of its own, and prints speeds and peaks as JSON. A part of
// `npm run bench -- text --gigabyte`.
//
//   node text-gigabyte.mjs            all tasks, on a file made for it
//   node text-gigabyte.mjs TASK FILE  one
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  charTokenizer,
  countTokensStream,
  TextCodec,
  trainBpe,
  Vocabulary,
  wordTokenizer,
} from '@throughtime/text-preprocess';
import { encodeFile, readText } from '@throughtime/text-preprocess/node';
import { zipfText } from './zipf-text.mjs';

const BYTES = 1e9;

const tasks = {
  'word counting, with vocabulary': async (file) => {
    const tokenizer = wordTokenizer();
    Vocabulary.fromCounts(await countTokensStream(readText(file), { tokenizer }));
  },
  'character encoding': async (file) => {
    const tokenizer = charTokenizer();
    const vocabulary = Vocabulary.fromTokens('abcdefghijklmnopqrstuvwxyz \n');
    await consume(new TextCodec({ tokenizer, vocabulary }).encodeStream(readText(file)));
  },
  'word counting, then encoding to a file of ids': async (file) => {
    const tokenizer = wordTokenizer();
    const counts = await countTokensStream(readText(file), { tokenizer });
    const codec = new TextCodec({
      tokenizer,
      vocabulary: Vocabulary.fromCounts(counts, { minFrequency: 2 }),
    });
    await encodeFile({ input: file, output: `${file}.ids`, codec });
  },
  'BPE encoding': async (file) => {
    const [sample] = zipfText();
    const bpe = trainBpe(sample, { vocabularySize: 8000 });
    await consume(new TextCodec({ tokenizer: bpe, vocabulary: bpe.vocabulary }).encodeStream(readText(file)));
  },
};

/** Looks at every id, so that none of the work can be left out. */
async function consume(stream) {
  let sum = 0;
  for await (const ids of stream) for (const id of ids) sum += id;
  if (sum === 0) throw new Error('nothing was encoded');
}

const [task, file] = process.argv.slice(2);
if (task) {
  const start = performance.now();
  await tasks[task](file);
  const seconds = (performance.now() - start) / 1000;
  const megabytesPerSecond = statSync(file).size / 1e6 / seconds;
  // maxRSS is in kilobytes on every platform.
  console.log(
    JSON.stringify({ name: task, megabytesPerSecond, peak: process.resourceUsage().maxRSS / 1000 }),
  );
} else {
  const folder = mkdtempSync(join(tmpdir(), 'throughtime-gigabyte-'));
  try {
    const path = join(folder, 'text.txt');
    writeGigabyte(path);
    const script = fileURLToPath(import.meta.url);
    const run = (name) =>
      JSON.parse(execFileSync(process.execPath, [script, name, path], { encoding: 'utf8' }));
    console.log(JSON.stringify(Object.keys(tasks).map(run)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeGigabyte(path) {
  const output = openSync(path, 'w');
  let written = 0;
  for (const chunk of zipfText()) {
    written += writeSync(output, chunk);
    if (written >= BYTES) break;
  }
  closeSync(output);
}
