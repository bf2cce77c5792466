import { ArgumentError, checkOptions, inWords, list, required, text, whole } from '@throughtime/errors';
import { AddedTokens } from '../bpe/added-tokens.js';
import { lastWhiteSpace } from '../subwords/last-white-space.js';
import { PieceEncoder } from '../subwords/piece-encoder.js';
import { bertPieces } from '../subwords/pre-tokenizers.js';
import { SubwordTokenizer } from '../subwords/subword-tokenizer.js';
import { TokenTrie } from '../subwords/token-trie.js';
import { type Detokenizer, detokenizeAll } from '../tokenizers/detokenizer.js';
import { knowTokenizer } from '../tokenizers/learned-tokenizers.js';
import {
  mostWordCharacters,
  parseWordPieceFile,
  plainWordPieceSettings,
  type WordPieceFile,
  type WordPieceParts,
  type WordPieceSettings,
  wordPieceFile,
} from './wordpiece-file.js';

/** What a file said beside its parts, from `fromJSON` to the constructor. */
const settingsOfFiles = /* @__PURE__ */ new WeakMap<WordPieceParts, WordPieceSettings>();

/**
 * WordPiece (Schuster and Nakajima 2012), as BERT has it: words and marks of punctuation, each cut into the longest tokens from the left.
 * White space is not kept: detokenizing puts one blank between words.
 */
export class WordPieceTokenizer extends SubwordTokenizer {
  readonly type = 'wordpiece';
  static {
    knowTokenizer('WordPiece', (json) => WordPieceTokenizer.fromJSON(json));
  }

  readonly #settings: WordPieceSettings;

  /** @throws ArgumentError when the unknown token or a special one is missing, or a token comes twice */
  constructor(parts: WordPieceParts) {
    let settings = settingsOfFiles.get(parts);
    if (settings === undefined) {
      checkOptions<WordPieceParts>(parts, {
        tokens: required(list(text)),
        unknown: text,
        specialTokens: list(text),
        longestWord: whole({ from: 1, to: mostWordCharacters }),
      });
      settings = plainWordPieceSettings(parts);
    }
    const { tokens, specialTokens = [] } = parts;
    const { unknown, prefix, longestWord, addedTokens, outsideModel, gaps, normalize } = settings;
    const unknownId = tokens.indexOf(unknown);
    if (unknownId < 0) throw new ArgumentError('tokens', `the token ${unknown}`, inWords('none'));
    const starting = new TokenTrie();
    const continuing = new TokenTrie();
    tokens.forEach((token, id) => {
      if (outsideModel.has(token) || gaps.has(id)) return;
      starting.add(token, id);
      if (token.startsWith(prefix) && token.length > prefix.length)
        continuing.add(token.slice(prefix.length), id);
    });
    super({
      tokens,
      specialTokens,
      unknown,
      added: new AddedTokens(addedTokens, normalize),
      encoder: new PieceEncoder({
        split: settings.split,
        encode: (word) => pieces(word, { starting, continuing, unknownId, longestWord }),
      }),
    });
    this.#settings = settings;
  }

  /**
   * Reads a `tokenizer.json` of a WordPiece model: its parsed value or its text.
   * @throws InvalidFormatError when it is damaged, or has parts that this class does not do, each named
   */
  static fromJSON(json: unknown): WordPieceTokenizer {
    const { parts, settings } = parseWordPieceFile(json);
    settingsOfFiles.set(parts, settings);
    return new WordPieceTokenizer(parts);
  }

  toJSON(): WordPieceFile {
    return wordPieceFile(this.vocabulary.tokens, this.#settings);
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    const { decoderPrefix: prefix, cleanup } = this.#settings;
    let isFirst = true;
    return {
      push: (token) => {
        const continues = token.startsWith(prefix);
        // A text that begins within a word shows it, as Hugging Face's does.
        const written = isFirst ? token : continues ? token.slice(prefix.length) : ` ${token}`;
        isFirst = false;
        return cleanup ? cleaned(written) : written;
      },
      end: () => '',
    };
  }

  splitPoint(text: string): number {
    const { normalize, split } = this.#settings;
    const mayCut = this.added.mayCut && normalize === undefined && split === bertPieces;
    return mayCut ? lastWhiteSpace(text) : 0;
  }
}

interface Pieces {
  readonly starting: TokenTrie;
  readonly continuing: TokenTrie;
  readonly unknownId: number;
  readonly longestWord: number;
}

/** The longest token from the left, again and again; the unknown one alone where there is none. */
function pieces(word: string, { starting, continuing, unknownId, longestWord }: Pieces): Int32Array {
  if (word.length > longestWord && [...word].length > longestWord) return Int32Array.of(unknownId);
  const ids: number[] = [];
  for (let start = 0; start < word.length; ) {
    const trie = start === 0 ? starting : continuing;
    let id = -1;
    let end = start;
    let node = 0;
    for (let i = start; i < word.length; i++) {
      node = trie.step(node, word.charCodeAt(i));
      if (node === 0) break;
      const ended = trie.idAt(node);
      if (ended >= 0) [id, end] = [ended, i + 1];
    }
    if (id < 0) return Int32Array.of(unknownId);
    ids.push(id);
    start = end;
  }
  return Int32Array.from(ids);
}

/** Hugging Face's rules for English: no blank before marks that end a phrase, nor within contractions. */
function cleaned(text: string): string {
  return text
    .replaceAll(' .', '.')
    .replaceAll(' ?', '?')
    .replaceAll(' !', '!')
    .replaceAll(' ,', ',')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(' do not', " don't")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}
