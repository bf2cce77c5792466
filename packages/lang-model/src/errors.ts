/** A token id lies outside 0 .. V - 1. */
export class TokenOutOfRangeError extends RangeError {
  override name = 'TokenOutOfRangeError';

  constructor(token: number, position: number, vocabularySize: number) {
    super(
      `ids[${position}]: expected a token id from 0 to ${vocabularySize - 1} (the vocabulary has ${vocabularySize}), got ${token}`,
    );
  }
}

/** There is nothing to work on: no ids where at least one was needed. */
export class EmptySequenceError extends RangeError {
  override name = 'EmptySequenceError';
}

/** Models that are to be combined do not share a vocabulary. */
export class VocabularyMismatchError extends Error {
  override name = 'VocabularyMismatchError';
}

/** A prompt holds tokens that the model's vocabulary has not. */
export class UnknownPromptTokenError extends Error {
  override name = 'UnknownPromptTokenError';

  /** The tokens that are unknown, each once, in the order of their first occurrence. */
  readonly tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    const shown = tokens.slice(0, 8).map((token) => JSON.stringify(token));
    const more = tokens.length > 8 ? ` and ${tokens.length - 8} more` : '';
    super(`prompt: expected tokens of the model's vocabulary, got ${shown.join(', ')}${more}`);
    this.tokens = tokens;
  }
}
