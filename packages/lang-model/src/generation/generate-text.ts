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
  /** Cuts the prompt as the training text was cut, and puts tokens together again. Default: that of the loaded model. */
  readonly tokenizer?: Tokenizer | undefined;
  /** Of the model's size; its unknown token is never generated. Default: that of the model. */
  readonly vocabulary?: Vocabulary | undefined;
  /** The text to continue; it is not repeated in the output. Default: none. */
  readonly prompt?: string;
  /** Texts that end the generated text; they are not part of it. Default: none. */
  readonly stop?: readonly string[];
}

/** A model with what reads and writes its text: what `loadModel` and `loadNgramModel` of `@throughtime/lang-model/node` give. */
export interface TextModel<S = unknown> {
  /** What continues the text. */
  readonly model: AwaitableLanguageModel<S> & { readonly vocabulary?: Vocabulary | undefined };
  /** The tokenizer of the training text. Default: the option `tokenizer` says. */
  readonly tokenizer?: Tokenizer | undefined;
  /** What the ids mean. Default: the model's own vocabulary, or the option. */
  readonly vocabulary?: Vocabulary | undefined;
}

const generateTextChecks: OptionChecks<GenerateTextOptions> = {
  ...generateChecks,
  tokenizer: tokenizerCheck,
  vocabulary: vocabularyCheck,
  prompt: text,
  stop: list(text),
};

/**
 * Continues a text, piece by piece as it is made. Pieces are whole characters, also when the model's tokens are bytes.
 *
 * @param source a model, or what `loadModel` gave, which knows its tokenizer and vocabulary
 * @throws UnknownPromptTokenError when the prompt has tokens outside the vocabulary, ArgumentError naming the option; both at the
 *   first request
 *
 * @example
 * ```ts
 * import { generateText } from '@throughtime/lang-model';
 * import { loadModel } from '@throughtime/lang-model/node';
 * const loaded = await loadModel('out/model');
 * for await (const piece of generateText(loaded, { prompt: 'Call me ', length: 100 }))
 *   process.stdout.write(piece);
 * ```
 */
export async function* generateText<S>(
  source: AwaitableLanguageModel<S> | TextModel<S>,
  options: GenerateTextOptions<S> = {},
): AsyncGenerator<string, void, undefined> {
  checkOptions<GenerateTextOptions>(options, generateTextChecks);
  const { prompt = '', stop = [], exclude = [], tokenizer: _, vocabulary: __, ...rest } = options;
  const loaded: TextModel<S> = 'logProbabilities' in source ? { model: source } : source;
  const { model } = loaded;
  const tokenizer = required(tokenizerCheck)('tokenizer', options.tokenizer ?? loaded.tokenizer);
  const vocabulary = required(vocabularyCheck)(
    'vocabulary',
    options.vocabulary ?? loaded.vocabulary ?? model.vocabulary,
  );
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
