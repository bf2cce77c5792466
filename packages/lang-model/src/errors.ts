import { ArgumentError, inWords, showValue } from '@throughtime/errors';

/** A token id lies outside 0 .. V - 1. */
export class TokenOutOfRangeError extends ArgumentError {
  override name = 'TokenOutOfRangeError';

  constructor(token: number, position: number, vocabularySize: number, argument = 'ids') {
    const expected = `a token id from 0 to ${vocabularySize - 1} (the vocabulary has ${vocabularySize})`;
    super(`${argument}[${position}]`, expected, token);
  }
}

/** There is nothing to work on: fewer ids than were needed. */
export class EmptySequenceError extends ArgumentError {
  override name = 'EmptySequenceError';

  /** @param expected as it reads after "expected": 'at least 2 to predict any from another' */
  constructor(argument: string, expected: string, length: number) {
    super(argument, expected, length === 0 ? inWords('none') : length);
  }
}

/** Models that are to be combined do not share a vocabulary, or a model and its vocabulary differ in size. */
export class VocabularyMismatchError extends ArgumentError {
  override name = 'VocabularyMismatchError';
}

/** A prompt holds tokens that the model's vocabulary lacks. */
export class UnknownPromptTokenError extends ArgumentError {
  override name = 'UnknownPromptTokenError';
  /** The tokens that are unknown, each once, in the order of their first occurrence. */
  readonly tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    const shown = tokens.slice(0, 8).map((token) => showValue(token));
    const more = tokens.length > 8 ? ` and ${tokens.length - 8} more` : '';
    super('prompt', "tokens of the model's vocabulary", inWords(`${shown.join(', ')}${more}`));
    this.tokens = tokens;
  }
}
