// What the next words could be: a trigram model of words, asked for the most probable ones.
import { countCorpus, kneserNey } from '@throughtime/lang-model';
import { unicodeWordTokenizer, Vocabulary } from '@throughtime/text-preprocess';

/** Where the word begins that is being typed; the end where none is. @param {string} typed */
export function startOfWord(typed) {
  let start = typed.length;
  while (start > 0 && /[\p{L}\p{N}'’]/u.test(typed[start - 1])) start--;
  return start;
}

/**
 * A function that takes what was typed so far and gives the `count` most probable words: the rest of the word that is being typed, or
 * the next one.
 *
 * Punctuation is no word and capitals are no other word: split at blanks alone, 'Alice,' would stand beside 'alice' in the list.
 * @param {string} text what the model learns from
 */
export function suggester(text) {
  const tokenizer = unicodeWordTokenizer({ punctuation: 'drop' });
  const wordsOf = (/** @type {string} */ passage) =>
    tokenizer.tokenize(passage.toLowerCase().replaceAll('’', "'"));
  const words = wordsOf(text);
  const vocabulary = Vocabulary.fromTokens(words);
  const counts = countCorpus([vocabulary.encode(words)], {
    order: 3,
    vocabularySize: vocabulary.size,
    unknown: vocabulary.unknownId ?? undefined,
  });
  const { model } = kneserNey(counts);
  return (/** @type {string} */ typed, count = 3) => {
    const known = wordsOf(typed);
    const started = startOfWord(typed) < typed.length ? (known.pop() ?? '') : '';
    let state = model.initialState();
    for (const id of vocabulary.encode(known)) state = model.advance(state, id);
    const logProbabilities = model.logProbabilities(state);
    return vocabulary.tokens
      .map((word, id) => ({ word, logProbability: logProbabilities[id] }))
      .filter(({ word }, id) => id !== vocabulary.unknownId && word.startsWith(started) && word !== started)
      .sort((a, b) => b.logProbability - a.logProbability)
      .slice(0, count)
      .map(({ word }) => word);
  };
}
