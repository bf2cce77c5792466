import { ArgumentError, checkOptions, inWords, list, number, required, text } from '@throughtime/errors';
import { AddedTokens } from '../bpe/added-tokens.js';
import { PieceEncoder } from '../subwords/piece-encoder.js';
import { SubwordTokenizer } from '../subwords/subword-tokenizer.js';
import { TokenTrie } from '../subwords/token-trie.js';
import { type Detokenizer, detokenizeAll } from '../tokenizers/detokenizer.js';
import { knowTokenizer } from '../tokenizers/learned-tokenizers.js';
import { bestPath, type LatticeOptions } from './lattice.js';
import {
  parseUnigramFile,
  plainUnigramSettings,
  type UnigramFile,
  type UnigramParts,
  type UnigramSettings,
  unigramFile,
} from './unigram-file.js';

/** What a file said beside its parts, from `fromJSON` to the constructor. */
const settingsOfFiles = /* @__PURE__ */ new WeakMap<UnigramParts, UnigramSettings>();

/** How much less an unknown character scores than the worst token: SentencePiece's penalty. */
const UNKNOWN_PENALTY = 10;

/**
 * A unigram language model of subwords (Kudo 2018), as SentencePiece and Hugging Face's library have it: of all ways to cut a text, the one
 * whose tokens have the largest product of probabilities. A blank is written `▁`. Of a learned one, `decode(encode(text)) === text`
 * for every text of known characters without `▁`; others become the unknown token.
 */
export class UnigramTokenizer extends SubwordTokenizer {
  readonly type = 'unigram';
  static {
    knowTokenizer('Unigram', (json) => UnigramTokenizer.fromJSON(json));
  }

  readonly #settings: UnigramSettings;
  readonly #scores: readonly number[];

  /** @throws ArgumentError when the unknown token or a special one is missing, or a token comes twice */
  constructor(parts: UnigramParts) {
    let settings = settingsOfFiles.get(parts);
    if (settings === undefined) {
      checkOptions<UnigramParts>(parts, {
        tokens: required(list(text)),
        scores: required(
          list(number(), { length: { from: parts?.tokens?.length, to: parts?.tokens?.length } }),
        ),
        unknown: text,
        specialTokens: list(text),
      });
      settings = plainUnigramSettings(parts);
    }
    const { tokens, scores, specialTokens = [] } = parts;
    const { unknown, inModel, addedTokens, normalize, split } = settings;
    const unknownId = tokens.indexOf(unknown);
    if (unknownId < 0) throw new ArgumentError('tokens', `the token ${unknown}`, inWords('none'));
    const trie = new TokenTrie();
    let worst = Number.POSITIVE_INFINITY;
    for (let id = 0; id < inModel; id++) {
      trie.add(tokens[id], id);
      worst = Math.min(worst, scores[id]);
    }
    const lattice = { trie, scores, unknownScore: worst - UNKNOWN_PENALTY };
    super({
      tokens,
      specialTokens,
      unknown,
      added: new AddedTokens(addedTokens, normalize),
      encoder: new PieceEncoder({ split, encode: (piece) => idsOf(piece, lattice, unknownId) }),
    });
    this.#settings = settings;
    this.#scores = scores;
  }

  /**
   * Reads a `tokenizer.json` of a Unigram model: its parsed value or its text.
   * @throws InvalidFormatError when it is damaged, or has parts that this class does not do, each named
   */
  static fromJSON(json: unknown): UnigramTokenizer {
    const { parts, settings } = parseUnigramFile(json);
    settingsOfFiles.set(parts, settings);
    return new UnigramTokenizer(parts);
  }

  toJSON(): UnigramFile {
    return unigramFile(this.vocabulary.tokens, this.#scores, this.#settings);
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    const { replacement, prepend } = this.#settings.blanks;
    let isFirst = true;
    return {
      push(token) {
        // The blank before a text is none of its own.
        const blank = isFirst && prepend ? '' : ' ';
        isFirst = false;
        return token.replaceAll(replacement, blank);
      },
      end: () => '',
    };
  }

  splitPoint(text: string): number {
    if (!this.added.mayCut || !this.#settings.cutsAtBlanks) return 0;
    return Math.max(0, text.lastIndexOf(' '));
  }
}

function idsOf(piece: string, lattice: LatticeOptions, unknownId: number): Int32Array {
  const path = bestPath(piece, lattice) ?? [];
  const ids = path.map((id) => (id < 0 ? unknownId : id));
  // Several unknown characters in a row are one token.
  return Int32Array.from(ids.filter((id, i) => id !== unknownId || ids[i - 1] !== unknownId));
}
