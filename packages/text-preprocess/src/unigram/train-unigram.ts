import { ArgumentError, callback, checkOptions, list, required, text, whole } from '@throughtime/errors';
import { hasWhiteSpace, plainAddedToken } from '../bpe/added-tokens.js';
import { PairTable } from '../bpe/pair-table.js';
import { GrowingInt32Array } from '../counting/growing-int32-array.js';
import { countPieces, mostFrequent } from '../subwords/count-pieces.js';
import { TokenTrie } from '../subwords/token-trie.js';
import { bestPath, visitTokens } from './lattice.js';
import { learnedSplit } from './unigram-file.js';
import { UnigramTokenizer } from './unigram-tokenizer.js';

/** Options of {@link trainUnigram}. */
export interface TrainUnigramOptions {
  /** How many tokens to end up with at most: the special ones, characters, and learned ones. */
  readonly vocabularySize: number;
  /** The most characters of a token. Default 16, SentencePiece's. */
  readonly longestToken?: number;
  /** Tokens that stand for themselves, after `<unk>`, which has the id 0. Without white space. Default: none. */
  readonly specialTokens?: readonly string[];
  /** Called after each round of pruning with the number of tokens that are left. */
  readonly onRound?: (tokens: number) => void;
}

const UNKNOWN = '<unk>';
/** Candidates to one wanted token at the start. More are better and slower; they fall by a quarter in each round. */
const SEEDS = 20;
/** Of Kudo's paper: rounds of EM before a pruning, and the share of tokens that one leaves. */
const EM_ROUNDS = 2;
const KEPT = 0.75;
/** Tokens that are expected less often than this are dropped in EM, as in SentencePiece. */
const LEAST_EXPECTED = 0.5;

/**
 * Learns a unigram language model of subwords (Kudo 2018, section 3.2) from a text, given whole or in chunks of any size: from all
 * frequent parts of words, EM fits probabilities, and those tokens go whose loss costs the least likelihood, until the wanted number is left.
 * Memory grows with the number of distinct words. Every character of the text is a token; where there is no room for all, the rarest
 * are unknown.
 * @throws ArgumentError when an option is out of range
 */
export function trainUnigram(
  source: string | Iterable<string>,
  options: TrainUnigramOptions,
): UnigramTokenizer {
  checkOptions<TrainUnigramOptions>(options, {
    vocabularySize: required(whole({ from: 2 })),
    longestToken: whole({ from: 1, to: 1000 }),
    specialTokens: list(text),
    onRound: callback,
  });
  const { vocabularySize, longestToken = 16, specialTokens = [], onRound } = options;
  const special = [UNKNOWN, ...specialTokens];
  for (const token of specialTokens) {
    if (token === '' || hasWhiteSpace(token) || special.indexOf(token) !== special.lastIndexOf(token))
      throw new ArgumentError('specialTokens', `distinct texts without whitespace, none ${UNKNOWN}`, token);
  }
  const room = vocabularySize - special.length;
  if (room < 1)
    throw new ArgumentError(
      'vocabularySize',
      `more than ${special.length} (the special tokens)`,
      vocabularySize,
    );

  const words = [
    ...countPieces(source, {
      split: learnedSplit,
      splitPoint: (text) => Math.max(0, text.lastIndexOf(' ')),
      special: special.map(plainAddedToken),
    }),
  ].map(([word, count]) => ({ word, count }));
  let model = seeds(words, { room, longestToken, without: new Set(special) });
  for (;;) {
    for (let round = 0; round < EM_ROUNDS; round++) model = reestimated(model, words);
    onRound?.(model.tokens.length);
    // As in SentencePiece, the last cut is by probability, from a tenth more.
    if (model.tokens.length <= room * 1.1) break;
    const left = pruned(
      model,
      words,
      Math.max(Math.floor(room * 1.1), Math.floor(model.tokens.length * KEPT)),
    );
    if (left.tokens.length === model.tokens.length) break;
    model = left;
  }
  const { tokens, scores } = finished(model, room);
  return new UnigramTokenizer({
    tokens: [...special, ...tokens],
    scores: [...special.map(() => 0), ...scores],
    unknown: UNKNOWN,
    specialTokens: special,
  });
}

interface CountedWord {
  readonly word: string;
  readonly count: number;
}

/** Tokens with the logarithms of their probabilities. The first `characters` are single characters, which always stay. */
interface Model {
  readonly tokens: readonly string[];
  readonly scores: ArrayLike<number>;
  readonly characters: number;
}

interface SeedOptions {
  readonly room: number;
  readonly longestToken: number;
  readonly without: ReadonlySet<string>;
}

/** All characters, and the parts of words that cover most of the text: length times frequency. */
function seeds(words: readonly CountedWord[], { room, longestToken, without }: SeedOptions): Model {
  const frequencies = new Map<string, number>();
  for (const { word, count } of words)
    for (const character of word) frequencies.set(character, (frequencies.get(character) ?? 0) + count);
  for (const token of without) frequencies.delete(token);
  const characters = mostFrequent(frequencies, room);
  const weighted = frequentParts(words, new Set(characters), longestToken)
    .filter(({ part }) => !without.has(part))
    .sort((a, b) => b.weight - a.weight || (a.part < b.part ? -1 : 1))
    .slice(0, room * SEEDS);
  const tokens = [...characters, ...weighted.map(({ part }) => part)];
  const weights = [
    ...characters.map((character) => frequencies.get(character)!),
    ...weighted.map((w) => w.weight),
  ];
  const total = Math.log(weights.reduce((sum, weight) => sum + weight, 0));
  return { tokens, scores: weights.map((weight) => Math.log(weight) - total), characters: characters.length };
}

/**
 * The parts of words that occur twice and more, of at least two characters. A part can only be frequent where both parts that are shorter
 * by a character are, so they are found length by length: work and memory stay in proportion to the text.
 */
function frequentParts(
  words: readonly CountedWord[],
  characters: ReadonlySet<string>,
  longestToken: number,
): { readonly part: string; readonly weight: number }[] {
  const idOf = new Map([...characters].map((character, id) => [character, id]));
  // For each word: the part of the current length that begins at each character, or -1 where it is rare.
  let places = words.map(({ word, count }) => ({
    count,
    characters: [...word],
    parts: Int32Array.from([...word], (character) => idOf.get(character) ?? -1),
  }));
  const found: { part: string; weight: number }[] = [];
  for (let length = 2; length <= longestToken && places.length > 0; length++) {
    const table = new PairTable();
    const counts: number[] = [];
    const examples: string[] = [];
    for (const { parts, characters: written, count } of places) {
      for (let i = 0; i + 1 < parts.length; i++) {
        if (parts[i] < 0 || parts[i + 1] < 0) continue;
        const part = table.intern(parts[i], parts[i + 1]);
        counts[part] = (counts[part] ?? 0) + count;
        examples[part] ??= written.slice(i, i + length).join('');
      }
    }
    counts.forEach((count, part) => {
      if (count >= 2) found.push({ part: examples[part], weight: count * length });
    });
    places = places.flatMap(({ parts, ...word }) => {
      let isAny = false;
      const longer = new Int32Array(Math.max(0, parts.length - 1)).fill(-1);
      for (let i = 0; i < longer.length; i++) {
        if (parts[i] < 0 || parts[i + 1] < 0) continue;
        const part = table.find(parts[i], parts[i + 1]);
        if (counts[part] < 2) continue;
        longer[i] = part;
        isAny = true;
      }
      return isAny ? [{ ...word, parts: longer }] : [];
    });
  }
  return found;
}

function trieOf(tokens: readonly string[]): TokenTrie {
  const trie = new TokenTrie();
  tokens.forEach((token, id) => {
    trie.add(token, id);
  });
  return trie;
}

/** A round of EM: how often each token is expected in the text, over all ways to cut it, and probabilities that follow from that. */
function reestimated({ tokens, scores, characters }: Model, words: readonly CountedWord[]): Model {
  const trie = trieOf(tokens);
  const expected = new Float64Array(tokens.length);
  for (const { word, count } of words) addExpected(expected, word, count, trie, scores);
  const kept = [...expected.keys()].filter((id) => id < characters || expected[id] >= LEAST_EXPECTED);
  // The mean of the logarithm under a Dirichlet posterior, which shuns rare tokens: SentencePiece's choice.
  const total = digamma(kept.reduce((sum, id) => sum + atLeast(expected[id]), 0));
  return {
    tokens: kept.map((id) => tokens[id]),
    scores: kept.map((id) => digamma(atLeast(expected[id])) - total),
    characters,
  };
}

/** Characters stay, whatever they are expected. */
function atLeast(count: number): number {
  return Math.max(count, LEAST_EXPECTED);
}

/** The forward-backward algorithm over the lattice of a word, in logarithms. */
function addExpected(
  expected: Float64Array,
  word: string,
  count: number,
  trie: TokenTrie,
  scores: ArrayLike<number>,
): void {
  const starts = new GrowingInt32Array(word.length * 2);
  const ends = new GrowingInt32Array(word.length * 2);
  const ids = new GrowingInt32Array(word.length * 2);
  const forward = new Float64Array(word.length + 1).fill(Number.NEGATIVE_INFINITY);
  const backward = new Float64Array(word.length + 1).fill(Number.NEGATIVE_INFINITY);
  forward[0] = 0;
  backward[word.length] = 0;
  // What an unknown character costs falls out: every path goes through it.
  visitTokens(word, { trie, scores, unknownScore: 0 }, (start, end, id, score) => {
    starts.push(start);
    ends.push(end);
    ids.push(id);
    forward[end] = logSum(forward[end], forward[start] + score);
  });
  const whole = forward[word.length];
  for (let i = ids.length - 1; i >= 0; i--) {
    const [start, end, id] = [starts.at(i), ends.at(i), ids.at(i)];
    // Tokens come in order of their starts, so that all that begin at the end of this one are behind us.
    const rest = backward[end] + (id < 0 ? 0 : scores[id]);
    backward[start] = logSum(backward[start], rest);
    if (id >= 0) expected[id] += count * Math.exp(forward[start] + rest - whole);
  }
}

function logSum(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  const [low, high] = a < b ? [a, b] : [b, a];
  return high + Math.log1p(Math.exp(low - high));
}

/** The model with the `size` tokens whose loss would cost the most likelihood, characters always among them. */
function pruned({ tokens, scores, characters }: Model, words: readonly CountedWord[], size: number): Model {
  const trie = trieOf(tokens);
  const used = new Float64Array(tokens.length);
  let total = 0;
  for (const { word, count } of words) {
    for (const id of bestPath(word, { trie, scores, unknownScore: 0 }) ?? []) {
      if (id < 0) continue;
      used[id] += count;
      total += count;
    }
  }
  const losses = new Float64Array(tokens.length);
  for (let id = characters; id < tokens.length; id++) {
    if (used[id] === 0) continue;
    // Where the token went, the best other way to cut it would stand.
    const others = bestPath(tokens[id], { trie, scores, without: id });
    if (others === undefined) continue;
    const after = Math.log(total + used[id] * (others.length - 1));
    const without = others.reduce((sum, other) => sum + Math.log(used[other] + used[id]) - after, 0);
    losses[id] = used[id] * (Math.log(used[id]) - Math.log(total) - without);
  }
  const learned = Array.from({ length: tokens.length - characters }, (_, i) => characters + i);
  const best = learned
    .filter((id) => used[id] > 0)
    .sort((a, b) => losses[b] - losses[a] || a - b)
    .slice(0, Math.max(0, size - characters))
    .sort((a, b) => a - b);
  const kept = [...Array.from({ length: characters }, (_, id) => id), ...best];
  return { tokens: kept.map((id) => tokens[id]), scores: kept.map((id) => scores[id]), characters };
}

/** Characters and the most probable others, by falling probability. */
function finished(
  { tokens, scores, characters }: Model,
  room: number,
): { tokens: string[]; scores: number[] } {
  const ids = [...tokens.keys()];
  const learned = ids.slice(characters).sort((a, b) => scores[b] - scores[a] || a - b);
  const kept = [...ids.slice(0, characters), ...learned.slice(0, Math.max(0, room - characters))];
  kept.sort((a, b) => scores[b] - scores[a] || a - b);
  return { tokens: kept.map((id) => tokens[id]), scores: kept.map((id) => scores[id]) };
}

/** The derivative of the logarithm of the gamma function, for positive numbers: recurrence, then the asymptotic series. */
function digamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 7; at++) shift -= 1 / at;
  const inverse = 1 / (at * at);
  const series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)));
  return shift + Math.log(at) - 0.5 / at - series;
}
