import { reporterFor } from '@throughtime/command-line';
import { generateText } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { openAnyModel } from './open-model.js';

export interface SampleOptions {
  readonly model: string;
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly stop?: string[];
  readonly seed: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Continues a prompt on stdout, piece by piece; an aborted signal ends the text. */
export async function sample(
  { model: folder, seed, threads, json, ...options }: SampleOptions,
  signal: AbortSignal,
): Promise<void> {
  const { model, tokenizer, vocabulary } = await openAnyModel(folder, threads);
  const reporter = reporterFor(json);
  const pieces = generateText<unknown>(model, {
    ...options,
    tokenizer,
    vocabulary,
    random: Random.seeded(seed),
    signal,
  });
  let text = '';
  let begun = false;
  for await (const piece of pieces) {
    // The prompt is shown once it is known to be one that the model can read.
    if (!json && !begun) process.stdout.write(options.prompt);
    begun = true;
    text += piece;
    reporter.event('text', { text: piece });
    if (!json) process.stdout.write(piece);
  }
  reporter.print('');
  reporter.event('done', { prompt: options.prompt, text });
}
