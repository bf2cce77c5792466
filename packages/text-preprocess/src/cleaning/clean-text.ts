import { checkOptions, type OptionChecks, oneOf } from '@throughtime/errors';
import { requireText } from '../require-text.js';
import { type ChunkStage, cutStage, streamThroughStage, throughStage } from '../streams/chunk-cutter.js';
import { WHITESPACE, whitespaceRuns } from './whitespace.js';

/** What {@link cleanText} changes. */
export interface CleanTextOptions {
  /**
   * The Unicode normalization form of the result. Default `'NFC'`: a letter with its accents is one character however it was
   * typed, and nothing visible changes. `'NFKC'` also replaces ligatures, full-width letters and the like by plain ones.
   */
  readonly normalization?: 'NFC' | 'NFD' | 'NFKC' | 'NFKD' | 'none';
  /** Default `'keep'`. The rules are Unicode's, the same in every locale. */
  readonly case?: 'keep' | 'lower' | 'upper';
  /**
   * `'strip'` takes diacritics off their letters (the blocks of combining diacritical marks; marks that are vowels, as in
   * Devanagari, stay). Letters such as `ø` that are no letter with a mark stay too. Default `'keep'`.
   */
  readonly accents?: 'keep' | 'strip';
  /**
   * `'collapse'`: each run of whitespace becomes one space, none at the ends. `'lines'`: the same, but a run with a line end in
   * it becomes one `\n`. Default `'keep'`.
   */
  readonly whitespace?: 'keep' | 'collapse' | 'lines';
}

const cleanTextChecks: OptionChecks<CleanTextOptions> = {
  normalization: oneOf(['NFC', 'NFD', 'NFKC', 'NFKD', 'none']),
  case: oneOf(['keep', 'lower', 'upper']),
  accents: oneOf(['keep', 'strip']),
  whitespace: oneOf(['keep', 'collapse', 'lines']),
};

/**
 * `text` with characters made uniform.
 * @throws ArgumentError when an option is out of range, or `text` no string
 */
export function cleanText(text: string, options: CleanTextOptions = {}): string {
  const cleaner = new Cleaner(options);
  requireText(text);
  return cleaner.piece(text);
}

/** {@link cleanText} for a text that comes in chunks cut anywhere: the pieces together are the whole text, cleaned. */
export function cleanTextChunks(
  chunks: Iterable<string>,
  options: CleanTextOptions = {},
): Generator<string, void, undefined> {
  return throughStage(chunks, stageOf(options));
}

/** {@link cleanTextChunks} for a source that is waited for, such as a file or a response. */
export function cleanTextStream(
  chunks: AsyncIterable<string>,
  options: CleanTextOptions = {},
): AsyncGenerator<string, void, undefined> {
  return streamThroughStage(chunks, stageOf(options));
}

function stageOf(options: CleanTextOptions): ChunkStage<string, string> {
  const cleaner = new Cleaner(options);
  return cutStage(cleanSplitPoint, (text) => [cleaner.piece(text)]);
}

/**
 * Cleans one text piece by piece. White space at a piece's end waits for the next one, whose own may continue it: a character before a
 * cut may become white space, as U+00AF does, or nothing at all.
 */
class Cleaner {
  readonly #options: Required<CleanTextOptions>;
  /** Whether nothing but white space was there so far: there is none at the start. */
  #isStart = true;
  /** What the run of white space that has not ended becomes. */
  #pending: '' | ' ' | '\n' = '';

  constructor(options: CleanTextOptions) {
    checkOptions<CleanTextOptions>(options, cleanTextChecks);
    const {
      normalization = 'NFC',
      case: letterCase = 'keep',
      accents = 'keep',
      whitespace = 'keep',
    } = options;
    this.#options = { normalization, case: letterCase, accents, whitespace };
  }

  piece(text: string): string {
    const cleaned = uniformCharacters(text, this.#options);
    return this.#options.whitespace === 'keep' ? cleaned : this.#collapsed(cleaned);
  }

  /** Without the run of white space at its end: that of the whole text becomes nothing. */
  #collapsed(text: string): string {
    const keepsLines = this.#options.whitespace === 'lines';
    const oneEach = text.replace(whitespaceRuns(), (run) => (keepsLines && /[\r\n]/.test(run) ? '\n' : ' '));
    const first = blankOf(oneEach[0]);
    // A line end anywhere in a run makes it one.
    if (first !== '' && this.#pending !== '\n') this.#pending = first;
    const rest = first === '' ? oneEach : oneEach.slice(1);
    if (rest === '') return '';
    const last = blankOf(rest[rest.length - 1]);
    const inside = last === '' ? rest : rest.slice(0, -1);
    const before = this.#isStart ? '' : this.#pending;
    this.#isStart = false;
    this.#pending = last;
    return before + inside;
  }
}

function blankOf(unit: string | undefined): '' | ' ' | '\n' {
  return unit === ' ' || unit === '\n' ? unit : '';
}

function uniformCharacters(text: string, options: Required<CleanTextOptions>): string {
  const { normalization, case: letterCase, accents } = options;
  const normalized = (value: string) => (normalization === 'none' ? value : value.normalize(normalization));
  let result = normalized(text);
  if (accents === 'strip') {
    // Composed again: taking Hangul syllables apart was not asked for.
    const bare = result.normalize(normalization.includes('K') ? 'NFKD' : 'NFD').replace(DIACRITICS, '');
    result = normalization === 'none' ? bare.normalize('NFC') : normalized(bare);
  }
  if (letterCase === 'keep') return result;
  // Changing case can take composed letters apart.
  return normalized(letterCase === 'lower' ? result.toLowerCase() : result.toUpperCase());
}

/** The five blocks of combining diacritical marks. */
const DIACRITICS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;

/**
 * Before the last space or line feed that follows something else than whitespace: neither composes with anything before it, and
 * neither is part of a word that decides a letter's case (the final sigma).
 */
function cleanSplitPoint(text: string): number {
  for (let i = text.length - 1; i > 0; i--) {
    const unit = text.charCodeAt(i);
    if ((unit === 0x20 || unit === 0x0a) && WHITESPACE[text.charCodeAt(i - 1)] === 0) return i;
  }
  return 0;
}
