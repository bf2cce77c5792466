import { createHash } from 'node:crypto';
import {
  acceptDamageOption,
  endingAtOnce,
  interruptible,
  type Reporter,
  reporterFor,
  threadsOption,
  UsageError,
} from '@throughtime/command-line';
import { grouped } from '@throughtime/errors';
import { Command } from 'commander';
import type { TextModel } from '../core/text-model.js';
import type { AnyModel } from './open-model.js';

interface CodingOptions {
  readonly model: string;
  readonly out: string;
  readonly threads?: number;
  readonly acceptDamage?: boolean;
  readonly json?: boolean;
}

/** What stands in the first line of a compressed file; the bits follow. */
interface Header {
  readonly format: 'throughtime-compressed';
  readonly version: 1;
  /** See `modelHash`. */
  readonly model: string;
  /** What computed: under another variant of the engine the last bits of probabilities differ, and so would the text. */
  readonly variant: string;
  readonly tokens: number;
  /** Of the text, in UTF-8. */
  readonly sha256: string;
  /** Whether the text begins with a byte order mark, which is no part of its tokens. */
  readonly byteOrderMark?: true;
}

const format = 'throughtime-compressed';

const compressNotes = `
Arithmetic coding: a text takes as many bits as the model's perplexity promises, and 'decompress' gives it back byte for byte. It needs the same
model and the same variant of the engine (Node 20 has plain SIMD, Node 22 and later have relaxed). Another model is refused. The
model must give the text back from its tokens: characters, bytes and byte pairs do, without cleaning.

How long it takes: about 15,000 tokens per second for a model as 'generate train' makes it by default, a minute for a megabyte; an n-gram
model some 30,000. Decompressing takes as long.

Example:
  generate compress --model out/whale --corpus alice --out alice.ttc`;

const decompressNotes = `
How long it takes: as long as 'generate compress' took.

Example:
  generate decompress --model out/whale --file alice.ttc --out alice.txt`;

/** Options of both commands. */
function coding(command: Command): Command {
  return command
    .requiredOption(
      '--model <folder|file>',
      'the folder that train or ngram wrote, or an ARPA file (.arpa, .arpa.gz)',
    )
    .requiredOption('--out <file>', 'the file to write; replaced if there is one')
    .option(...threadsOption)
    .option(...acceptDamageOption)
    .option('--json', 'JSON lines on stdout: warning, ..., done');
}

/** `generate compress` */
export function compressCommand(): Command {
  return coding(new Command('compress'))
    .requiredOption('--corpus <name|file>', 'a data set by name, or a UTF-8 text file')
    .addHelpText('after', compressNotes)
    .action((options: CodingOptions & { readonly corpus: string }) =>
      interruptible((signal) => compressText(options, reporterFor(options.json), signal)),
    );
}

/** `generate decompress` */
export function decompressCommand(): Command {
  return coding(new Command('decompress'))
    .requiredOption('--file <file>', 'what compress wrote')
    .addHelpText('after', decompressNotes)
    .action((options: CodingOptions & { readonly file: string }) =>
      interruptible((signal) => decompressText(options, reporterFor(options.json), signal)),
    );
}

export async function compressText(
  options: CodingOptions & { readonly corpus: string },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { compress } = await import('@throughtime/lang-model');
  const { replaceFile } = await import('@throughtime/platform/node');
  const { TextForm, withoutMark } = await import('../core/text-form.js');
  const { readCorpus } = await import('./read-corpus.js');
  const { opened, model, variant } = await openFor(options, (text) => reporter.warn(text));
  const { text } = await readCorpus(options.corpus, { reporter, signal });
  const { vocabulary } = opened;
  const form = TextForm.of(opened);
  const tokens = await endingAtOnce(() => {
    const cut = form.prompts.tokenize(text);
    if (form.prompts.detokenize(cut) !== withoutMark(text))
      throw new UsageError(
        `--corpus: expected a text that the model's tokens give back as it was, got one that they change ` +
          `(tokens: ${form.tokenizer.type}, cleaning: ${form.clean}); take a model of characters, bytes or byte pairs without cleaning`,
      );
    return cut;
  });
  const unknown = vocabulary.unknownId;
  if (unknown === null) {
    const { requireKnown } = await import('../core/corpus.js');
    requireKnown(tokens, vocabulary, options.corpus);
  }
  const ids = vocabulary.encode(tokens);
  const encoder = new TextEncoder();
  const literals = tokens.filter((_, i) => ids[i] === unknown).map((token) => encoder.encode(token));
  const started = performance.now();
  const bits = await compress<unknown>(
    opened.model,
    { ids, literals },
    { ...progressOf(reporter, ids.length, started), signal, unknown: unknown ?? undefined },
  );
  const bytes = encoder.encode(text);
  const header: Header = {
    ...{ format, version: 1, model, variant, tokens: ids.length, sha256: sha256(bytes) },
    ...(withoutMark(text) !== text && { byteOrderMark: true }),
  };
  await replaceFile(options.out, [encoder.encode(`${JSON.stringify(header)}\n`), bits]);
  const characters = [...text].length;
  const inBits = 8 * bits.length;
  const seconds = (performance.now() - started) / 1000;
  reporter.print(
    `${options.out}: ${grouped(bytes.length)} bytes in ${grouped(bits.length)}, and a header of ${JSON.stringify(header).length + 1}`,
  );
  // An empty text has neither.
  if (characters > 0) {
    reporter.print(`bits per character   ${(inBits / characters).toFixed(3)}`);
    reporter.print(
      `bits per token       ${(inBits / ids.length).toFixed(3)}  (${grouped(literals.length)} unknown)`,
    );
  }
  reporter.event('done', {
    ...{ out: options.out, bytes: bytes.length, compressedBytes: bits.length, tokens: ids.length },
    ...{ unknownTokens: literals.length, seconds },
    ...(characters > 0 && { bitsPerCharacter: inBits / characters, bitsPerToken: inBits / ids.length }),
  });
}

export async function decompressText(
  options: CodingOptions & { readonly file: string },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { decompress } = await import('@throughtime/lang-model');
  const { readInput, replaceFile } = await import('@throughtime/platform/node');
  const { TextForm } = await import('../core/text-form.js');
  const { header, bits } = readHeader(options.file, await readInput(options.file));
  const { opened, model, variant } = await openFor(options, (text) => reporter.warn(text));
  if (header.model !== model)
    throw new UsageError(
      `--model: expected the model that ${options.file} was compressed with (${header.model.slice(0, 12)}...), got another ` +
        `(${model.slice(0, 12)}...) in '${options.model}'`,
    );
  if (header.variant !== variant)
    throw new UsageError(
      `--file: expected one that was compressed by '${variant}', which computes here, got one by '${header.variant}': ` +
        'probabilities differ in their last bits (Node 20 has plain SIMD, Node 22 and later have relaxed)',
    );
  const { vocabulary } = opened;
  const started = performance.now();
  const { ids, literals } = await decompress<unknown>(opened.model, bits, {
    ...progressOf(reporter, header.tokens, started),
    tokens: header.tokens,
    signal,
    unknown: vocabulary.unknownId ?? undefined,
  });
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let literal = 0;
  const tokens = Array.from(ids, (id) =>
    id === vocabulary.unknownId ? decoder.decode(literals[literal++]) : vocabulary.tokenOf(id),
  );
  const mark = header.byteOrderMark ? '\ufeff' : '';
  const bytes = new TextEncoder().encode(mark + TextForm.of(opened).prompts.detokenize(tokens));
  if (sha256(bytes) !== header.sha256)
    throw damaged(options.file, 'its text is not the one that was compressed');
  await replaceFile(options.out, [bytes]);
  reporter.print(`${options.out}: ${grouped(bytes.length)} bytes`);
  reporter.event('done', {
    out: options.out,
    bytes: bytes.length,
    seconds: (performance.now() - started) / 1000,
  });
}

interface Opened {
  readonly opened: TextModel<AnyModel>;
  readonly model: string;
  readonly variant: string;
}

async function openFor(
  { model: folder, threads, acceptDamage }: CodingOptions,
  warn: (text: string) => void,
): Promise<Opened> {
  const { RecurrentLanguageModel } = await import('@throughtime/lang-model');
  const { modelHash } = await import('./model-hash.js');
  const { openAnyModel } = await import('./open-model.js');
  const { engineOf } = await import('../core/training-run.js');
  const opened = await endingAtOnce(() => openAnyModel(folder, { threads, acceptDamage, warn }));
  const { model } = opened;
  return {
    opened,
    model: modelHash(opened),
    variant: model instanceof RecurrentLanguageModel ? engineOf(model) : 'n-gram',
  };
}

/** @throws UsageError when it is no compressed file, or one of a later version */
function readHeader(path: string, file: Uint8Array): { readonly header: Header; readonly bits: Uint8Array } {
  const end = file.subarray(0, 4096).indexOf(0x0a);
  let header: Partial<Header> & { readonly version?: unknown };
  try {
    header = JSON.parse(new TextDecoder().decode(file.subarray(0, Math.max(0, end))));
  } catch {
    header = {};
  }
  if (header?.format !== format)
    throw new UsageError(`--file: expected what 'generate compress' wrote, got '${path}'`);
  if (header.version !== 1)
    throw new UsageError(
      `--file: expected version 1, got ${header.version} in '${path}'; was it written by a later release?`,
    );
  const { model, variant, tokens, sha256: hash } = header;
  const isWhole = typeof model === 'string' && typeof variant === 'string' && typeof hash === 'string';
  // A token takes some bits: more tokens than a million to the byte are none that were written.
  if (!isWhole || !Number.isSafeInteger(tokens) || tokens! < 0 || tokens! > 1e6 * file.length)
    throw damaged(path, 'its first line is not whole');
  return { header: header as Header, bits: file.subarray(end + 1) };
}

function damaged(path: string, problem: string): UsageError {
  return new UsageError(
    `--file: expected a whole file of 'generate compress', got '${path}', which is damaged: ${problem}`,
  );
}

function progressOf(reporter: Reporter, tokens: number, started: number) {
  return {
    onProgress: (done: number) => {
      const pace = done / Math.max(1e-9, (performance.now() - started) / 1000);
      reporter.progress(
        `${grouped(done)} of ${grouped(tokens)} tokens  ${grouped(Math.round(pace))} tokens/s`,
      );
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
