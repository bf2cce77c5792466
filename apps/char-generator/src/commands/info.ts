import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  acceptDamageOption,
  cardRows,
  endingAtOnce,
  type Reporter,
  readCard,
  reporterFor,
} from '@throughtime/command-line';
import { grouped } from '@throughtime/errors';
import { Command } from 'commander';
import type { TextModel } from '../core/text-model.js';
import type { AnyModel } from './open-model.js';

interface InfoOptions {
  readonly model: string;
  readonly acceptDamage?: boolean;
  readonly json?: boolean;
}

const notes = `
How long it takes: as long as reading the model, a second for a hundred megabytes.

Example:
  generate info --model out/whale`;

/** `generate info` */
export function infoCommand(): Command {
  return new Command('info')
    .requiredOption(
      '--model <folder|file>',
      'the folder that train or ngram wrote, or an ARPA file (.arpa, .arpa.gz)',
    )
    .option(...acceptDamageOption)
    .option('--json', 'JSON lines on stdout: warning, ..., done')
    .addHelpText('after', notes)
    .action(({ json, ...options }: InfoOptions) => info(options, reporterFor(json)));
}

/** Rows for people: what it is called, and what it is. */
type Rows = (readonly [label: string, value: string])[];

export async function info(
  { model: path, acceptDamage }: Omit<InfoOptions, 'json'>,
  reporter: Reporter,
): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { modelHash } = await import('./model-hash.js');
  const { openAnyModel } = await import('./open-model.js');
  const warn = (text: string) => reporter.warn(text);
  const opened = await endingAtOnce(() => openAnyModel(path, { acceptDamage, warn }));
  const { vocabulary, tokenizer, notes: saved } = opened;
  const described = await describe(opened);
  const hash = modelHash(opened);
  const record = await recordIn(path);
  // A file of another format has none.
  const card = path.endsWith('.arpa') || path.endsWith('.arpa.gz') ? undefined : await readCard(path, warn);
  const { mtime } = await stat(path).then(async (found) =>
    found.isDirectory() ? stat(join(path, 'model.safetensors')) : found,
  );
  const rows: Rows = [
    ...described.rows,
    [
      'vocabulary',
      `${grouped(vocabulary.size)} tokens, ${vocabulary.unknown === null ? 'none' : vocabulary.unknown} for unknown ones`,
    ],
    [
      'tokens',
      `${tokenizer.type}, cleaning ${saved.cleaning ?? 'none'}${saved.lines === true ? ', lines' : ''}`,
    ],
    ...(saved.corpus === undefined ? [] : ([['text', String(saved.corpus)]] as Rows)),
    ['hash', hash],
    ['saved', mtime.toISOString()],
  ];
  for (const [label, value] of rows) reporter.print(`${label.padEnd(12)} ${value}`);
  if (record) {
    reporter.print('\nthe run');
    for (const [name, value] of Object.entries(record.settings))
      reporter.print(`${name.padEnd(18)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  if (card) {
    reporter.print('\nthe card');
    // The run's settings stand above.
    for (const [label, value] of cardRows(record ? { ...card, settings: {} } : card))
      reporter.print(`${label.padEnd(18)} ${value}`);
  }
  reporter.event('done', {
    model: path,
    ...described.fields,
    vocabulary: vocabulary.size,
    unknown: vocabulary.unknown,
    tokenizer: tokenizer.type,
    notes: saved,
    hash,
    saved: mtime.toISOString(),
    ...(record && { run: record }),
    ...(card && { card }),
  });
}

async function describe({ model }: TextModel<AnyModel>) {
  const { ngramStorage, RecurrentLanguageModel } = await import('@throughtime/lang-model');
  if (model instanceof RecurrentLanguageModel) {
    const { config, parameters, path } = model;
    const { cell = 'lstm', hiddenSize = 256, layers } = config;
    const numbers = parameters.reduce((sum, { data }) => sum + data.length, 0);
    const sizes = typeof hiddenSize === 'number' ? `${layers ?? 1} x ${hiddenSize}` : hiddenSize.join(' + ');
    const rows: Rows = [
      [
        'model',
        `${cell}, ${sizes} units, ${grouped(numbers)} parameters${model.weights === 'int8' ? ', a byte each' : ''}`,
      ],
      ['computed by', path === 'fused' ? 'the engine' : 'tfjs operations'],
      ['architecture', JSON.stringify(config)],
    ];
    return { rows, fields: { kind: 'recurrent', config, parameters: numbers, path, weights: model.weights } };
  }
  const storage = ngramStorage(model);
  const ngrams = storage.map((row) => row.ngrams);
  const rows: Rows = [
    ['model', `n-grams of order ${ngrams.length}: ${ngrams.map(grouped).join(', ')} by order`],
  ];
  return { rows, fields: { kind: 'n-gram', order: ngrams.length, ngrams } };
}

/** Of `generate train`; undefined where there is none, as beside a model that was made elsewhere. */
async function recordIn(folder: string) {
  const { decodeRecord } = await import('../core/run-record.js');
  const path = join(folder, 'training.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return undefined;
  });
  return text === undefined ? undefined : decodeRecord(text, path);
}
