import { type TokenKind, tokenNoun } from '../src/core/settings.js';

/** What a token of this kind is called on the page. */
export function nounOf(kind: TokenKind): string {
  return kind === 'char' ? 'character' : tokenNoun(kind);
}

/** Elements that speak of characters, with the text that they have for a model of characters. */
const speaking = [...document.querySelectorAll('[data-says-tokens]')].map((element) => ({
  element,
  text: element.textContent ?? '',
}));

/** Makes the page speak of the tokens of the model that it shows: characters, words or pieces. */
export function sayTokens(kind: TokenKind): void {
  const noun = nounOf(kind);
  const capital = `${noun[0].toUpperCase()}${noun.slice(1)}`;
  for (const { element, text } of speaking)
    element.textContent = text.replace(/character/gi, (word) => (word[0] === 'C' ? capital : noun));
}
