// A process that reads what fuzz.mjs sends it with one of our readers, and answers with what came of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint } from '@throughtime/bptt-trainer';
import { readSeries } from '@throughtime/datasets/csv';
import { extractZip } from '@throughtime/datasets/node';
import { isUserError } from '@throughtime/errors';
import { decodeForecaster } from '@throughtime/forecasting';
import { decodeModel, decodeNgramModel, generate, readArpa } from '@throughtime/lang-model';
import { readArpaFile } from '@throughtime/lang-model/node';
import { Random } from '@throughtime/random';
import { decodeSafetensors } from '@throughtime/safetensors';
import { decodeTask } from '@throughtime/sequence-tasks/tfjs';
import { tokenizerFromJSON, Vocabulary } from '@throughtime/text-preprocess';
import { settingsFromLink } from '@throughtime/web-page';

const folder = mkdtempSync(join(tmpdir(), 'throughtime-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('disconnect', () => process.exit());

const decode = (/** @type {Uint8Array} */ bytes) => new TextDecoder().decode(bytes);
const sample = `The cat's 12,345 mice\r\n\tate É😀 ${'a'.repeat(2000)}! ${' '.repeat(2000)}x`;
const options = { acceptDamage: true };

/** @type {Record<string, (files: Record<string, Uint8Array>) => unknown>} */
const readers = {
  // As a Buffer, which is what readFile gives.
  safetensors: ({ file }) => decodeSafetensors(Buffer.from(file)),
  async model(files) {
    const { model, tokenizer } = await decodeModel(files, options);
    tokenizer?.tokenize(sample);
    const random = Random.seeded(1);
    let left = 3;
    for await (const _ of generate(model, { prompt: [0], length: left, random })) if (--left === 0) break;
  },
  ngram: (files) => decodeNgramModel(files, options),
  vocabulary: ({ file }) => Vocabulary.fromJSON(decode(file)),
  tokenizer: ({ file }) => tokenizerFromJSON(decode(file)).tokenize(sample),
  arpa: ({ file }) => readArpa([file]),
  async 'arpa-gzip'({ file }) {
    const path = join(folder, 'x.arpa.gz');
    writeFileSync(path, file);
    await readArpaFile(path);
  },
  csv: ({ file }) => readSeries(file, { name: 'x.csv', format: 'csv', missing: 'keep' }),
  json: ({ file }) => readSeries(file, { name: 'x.json', format: 'json', missing: 'keep' }),
  checkpoint: ({ file }) => decodeCheckpoint(file),
  zip: ({ file }) => extractZip(file, join(folder, 'zip'), { maximumBytes: 1e8 }),
  task: (files) => decodeTask(files, options),
  async forecaster(files) {
    const { forecaster } = await decodeForecaster(files, options);
    await forecaster.predict(2);
  },
  // The browser's own address, so always one; its fragment is anyone's.
  link: ({ file }) => settingsFromLink(`https://example.com/#${decode(file)}`),
};

const read = readers[process.argv[2]];
const megabytes = () => Math.round(process.resourceUsage().maxRSS / 1024);
const atStart = megabytes();

process.on('message', async (files) => {
  let answer;
  try {
    await read(/** @type {Record<string, Uint8Array>} */ (files));
    answer = { outcome: 'read' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isOurs = isUserError(error);
    answer = {
      outcome: 'refused',
      message,
      ...(!isOurs && { problem: error instanceof Error ? error.stack : message }),
    };
    if (isOurs && message.length > 1000) answer.problem = `a message of ${message.length} characters`;
  }
  process.send?.({ ...answer, megabytes: megabytes() - atStart });
});
process.send?.('ready');
