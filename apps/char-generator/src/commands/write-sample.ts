// What `generate sample` does. Imports are static here, so that a bundle has what sampling needs in one piece, and no more.
import { endingAtOnce, type Reporter, reporterFor } from '@throughtime/command-line';
import { beamSearch, encodePrompt, generateText, RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { TextForm } from '../core/text-form.js';
import type { TextModel } from '../core/text-model.js';
import { type AnyModel, openAnyModel } from './open-model.js';

/** What the command line asks for. */
export interface SampleOptions {
  readonly model: string;
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly power?: number;
  readonly beams?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly stop?: string[];
  readonly seed: number;
  readonly threads?: number;
  readonly acceptDamage?: boolean;
  readonly int8?: boolean;
  readonly json?: boolean;
}

/** Continues a prompt on stdout, piece by piece; an aborted signal ends the text. */
export async function sample(
  { model: folder, seed, beams, threads, acceptDamage, int8, json, ...options }: SampleOptions,
  signal: AbortSignal,
): Promise<void> {
  const reporter = reporterFor(json);
  const opened = await endingAtOnce(() =>
    openAnyModel(folder, { threads, acceptDamage, int8, warn: (text) => reporter.warn(text) }),
  );
  const { model, vocabulary } = opened;
  if (beams !== undefined) {
    await search(opened, { ...options, beams }, reporter, signal);
    return;
  }
  const { temperature, ...others } = options;
  const pieces = generateText<unknown>(model, {
    ...others,
    ...(options.power === undefined && { temperature }),
    tokenizer: TextForm.of(opened).prompts,
    vocabulary,
    random: Random.seeded(seed),
    signal,
  });
  let text = '';
  let begun = false;
  for await (const piece of pieces) {
    // The prompt is shown once it is known to be one that the model can read.
    if (!begun) reporter.write(options.prompt);
    begun = true;
    text += piece;
    reporter.event('text', { text: piece });
    reporter.write(piece);
  }
  // Ended before its first piece.
  if (!begun) reporter.write(options.prompt);
  reporter.print('');
  reporter.event('done', { prompt: options.prompt, text });
}

/** The most probable continuations that a beam search finds, the best on stdout. */
async function search(
  opened: TextModel<AnyModel>,
  { prompt, length, beams }: { readonly prompt: string; readonly length: number; readonly beams: number },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { model, vocabulary } = opened;
  const tokenizer = TextForm.of(opened).prompts;
  const before = tokenizer.tokenize(prompt);
  const marks = model instanceof RecurrentLanguageModel ? undefined : model.sentences;
  const found = await beamSearch<unknown>(model, {
    prompt: encodePrompt(before, vocabulary),
    length,
    beams,
    ...(marks && { endToken: marks.end }),
    exclude: vocabulary.unknownId === null ? [] : [vocabulary.unknownId],
    signal,
  });
  const texts = found.map(({ tokens }) => {
    const detokenizer = tokenizer.detokenizer();
    for (const token of before) detokenizer.push(token);
    return (
      vocabulary
        .decode(tokens)
        .map((token) => detokenizer.push(token))
        .join('') + detokenizer.end()
    );
  });
  const [text = ''] = texts;
  reporter.print(`${prompt}${text}`);
  for (const [i, { logProbability }] of found.entries())
    reporter.event('hypothesis', { text: texts[i], logProbability });
  reporter.event('done', { prompt, text });
}
