import { checkOptions, list, type OptionChecks, required, text } from '@throughtime/errors';
import {
  type Tokenizer,
  tokenizerCheck,
  type Vocabulary,
  vocabularyCheck,
} from '@throughtime/text-preprocess';
import { UnknownPromptTokenError } from '../errors.js';
import type { AwaitableLanguageModel } from '../language-model.js';
import { type GenerateOptions, generate, generateChecks } from './generate.js';
import { StopSequences } from './stop-sequences.js';

/** What to continue, how far, and how tokens are chosen. */
export interface GenerateTextOptions<S = unknown> extends Omit<GenerateOptions<S>, 'prompt' | 'stop'> {
  /** Cuts the prompt as the training text was cut, and puts tokens together again. */
  readonly tokenizer: Tokenizer;
  /** Of the model's size; its unknown token is never generated. */
  readonly vocabulary: Vocabulary;
  /** The text to continue; it is not repeated in the output. Default: none. */
  readonly prompt?: string;
  /** Texts that end the generated text; they are not part of it. Default: none. */
  readonly stop?: readonly string[];
}

const generateTextChecks: OptionChecks<GenerateTextOptions> = {
  ...generateChecks,
  tokenizer: required(tokenizerCheck),
  vocabulary: required(vocabularyCheck),
  prompt: text,
  stop: list(text),
};

/**
 * Continues a text, piece by piece as it is made. Pieces are whole characters, also when the model's tokens are bytes.
 *
 * @throws UnknownPromptTokenError when the prompt has tokens outside the vocabulary, ArgumentError naming the option; both at the
 *   first request
 *
 * @example
 * ```ts
 * import { generateText } from '@throughtime/lang-model';
 * import { loadModel } from '@throughtime/lang-model/node';
 * import { Random } from '@throughtime/random';
 * import { charTokenizer } from '@throughtime/text-preprocess';
 * const { model, tokenizer = charTokenizer() } = await loadModel('out/model');
 * if (!model.vocabulary) throw new Error('the model was saved without its vocabulary');
 * const settings = { tokenizer, vocabulary: model.vocabulary, random: Random.seeded(1) };
 * for await (const piece of generateText(model, { ...settings, prompt: 'Call me ', length: 100 }))
 *   process.stdout.write(piece);
 * ```
 */
export async function* generateText<S>(
  model: AwaitableLanguageModel<S>,
  options: GenerateTextOptions<S>,
): AsyncGenerator<string, void, undefined> {
  checkOptions<GenerateTextOptions>(options, generateTextChecks);
  const { tokenizer, vocabulary, prompt = '', stop = [], exclude = [], ...rest } = options;
  const before = tokenizer.tokenize(prompt);
  const ids = encodePrompt(before, vocabulary);
  const detokenizer = tokenizer.detokenizer();
  // What a token adds may depend on those before it: words get a space between them.
  for (const token of before) detokenizer.push(token);
  const stops = new StopSequences(stop.map((sequence) => [...sequence]));
  const never = vocabulary.unknownId === null ? exclude : [...exclude, vocabulary.unknownId];

  for await (const id of generate(model, { ...rest, exclude: never, prompt: ids })) {
    const { passed, stopped } = watch(stops, detokenizer.push(vocabulary.tokenOf(id)));
    if (passed !== '') yield passed;
    if (stopped) return;
  }
  const { passed, stopped } = watch(stops, detokenizer.end());
  const end = passed + (stopped ? '' : stops.rest().join(''));
  if (end !== '') yield end;
}

/**
 * The ids of a prompt's tokens.
 * @throws UnknownPromptTokenError naming those that the vocabulary lacks, also when it has an unknown token: a prompt that
 *   is silently changed would be continued as another
 */
export function encodePrompt(tokens: readonly string[], vocabulary: Vocabulary): Int32Array {
  const unknown = new Set(tokens.filter((token) => !vocabulary.has(token)));
  if (unknown.size > 0) throw new UnknownPromptTokenError([...unknown]);
  return vocabulary.encode(tokens);
}

function watch(stops: StopSequences<string>, piece: string): { passed: string; stopped: boolean } {
  let passed = '';
  for (const character of piece) {
    const { released, stopped } = stops.push(character);
    passed += released.join('');
    if (stopped) return { passed, stopped };
  }
  return { passed, stopped: false };
}
