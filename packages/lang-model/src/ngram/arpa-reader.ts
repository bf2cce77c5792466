import { checkOptions, oneOf } from '@throughtime/errors';
import { ArpaFormatError, arpaNames, KENLM_MISSING_UNKNOWN } from './arpa-format.js';
import { ArpaSectionReader, type ArpaSections } from './arpa-sections.js';
import { BackoffNgramModel } from './backoff-model.js';
import { buildTrie } from './trie-builder.js';

/** A model from an ARPA file, and its vocabulary. */
export interface ArpaModel {
  /** The model, which scores as KenLM does from the same file. */
  readonly model: BackoffNgramModel;
  /** The name of each id, in the order of the file's unigrams. */
  readonly tokens: readonly string[];
  /** What the file lacks that its user may count on, in words; most files give none. */
  readonly warnings: readonly string[];
}

/** Far more than an n-gram needs. */
const LONGEST_LINE = 1 << 20;

/** What unknown words get. */
export interface ReadArpaOptions {
  /**
   * What unknown words get where the file has no `<unk>`, as SRILM's files have none by default. `'closed'` (default): nothing, the
   * vocabulary is closed. `'kenlm'`: `<unk>` is put in at the end with the logarithm -100, as KenLM does. `'srilm'`: `<unk>` is put
   * in with probability 0; SRILM leaves unknown words out of the sum, which is `withoutUnknown` of {@link evaluateSentences}.
   */
  readonly missingUnknown?: 'closed' | 'kenlm' | 'srilm';
}

/**
 * Reads a model in the ARPA format, as KenLM, SRILM and {@link arpaChunks} write it, piece by piece: bytes (a file's stream) or
 * text. The logarithms -99 and `-inf` are read as those of 0.
 *
 * A token named `<unk>` becomes the unknown token, `<s>` and `</s>` the sentence marks (in capitals, too, where the file does not
 * have the others). A file without one of the marks is a model of running text, and `warnings` says so. A file may leave out n-grams that a
 * longer one needs: some pruning does that. They are put in with the probability that backing off gives them, which leaves every
 * probability as it was.
 *
 * @throws ArpaFormatError naming the line, when the file is not in the format or cut short
 */
export async function readArpa(
  pieces: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  options: ReadArpaOptions = {},
): Promise<ArpaModel> {
  checkOptions<ReadArpaOptions>(options, { missingUnknown: oneOf(['closed', 'kenlm', 'srilm']) });
  const reader = new ArpaSectionReader();
  const decode = utf8Decoder(() => reader.line);
  let rest = '';
  const take = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) reader.readLine(line);
    // A file without line ends is no ARPA file, and each piece would be searched again with all before it.
    if (rest.length > LONGEST_LINE)
      throw new ArpaFormatError(
        reader.line + 1,
        `expected at most ${LONGEST_LINE} characters in a line, got more`,
      );
  };
  for await (const piece of pieces) take(typeof piece === 'string' ? piece : decode(piece));
  take(decode());
  if (rest !== '') reader.readLine(rest);
  return modelFrom(reader.finish(), options.missingUnknown ?? 'closed');
}

/** Decodes bytes piece by piece; without a piece, what is left. Bytes that are no UTF-8 are an error, not a character. */
function utf8Decoder(linesRead: () => number): (piece?: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (piece) => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch {
      throw new ArpaFormatError(
        linesRead() + 1,
        'expected UTF-8 from here on; is the file still compressed?',
      );
    }
  };
}

function modelFrom(
  { names, lists, warnings }: ArpaSections,
  missingUnknown: 'closed' | 'kenlm' | 'srilm',
): ArpaModel {
  const ids = new Map(names.map((name, id) => [name, id]));
  const named = (name: string) => ids.get(name) ?? ids.get(name.toUpperCase());
  const [begin, end] = [named(arpaNames.begin), named(arpaNames.end)];
  let unknown = named(arpaNames.unknown);
  let tokens = names;
  if (unknown === undefined && missingUnknown !== 'closed') {
    unknown = names.length;
    tokens = [...names, arpaNames.unknown];
    const [unigrams] = lists;
    unigrams.reserve();
    unigrams.tokens[unigrams.length] = unknown;
    unigrams.logProbability[unigrams.length] =
      missingUnknown === 'kenlm' ? KENLM_MISSING_UNKNOWN : Number.NEGATIVE_INFINITY;
    unigrams.backoff[unigrams.length++] = 0;
  }
  const tables = buildTrie(tokens.length, lists);
  const sentences = begin === undefined || end === undefined ? undefined : { begin, end };
  // Files give it 0 or -99: whatever they say, it is never predicted.
  if (sentences !== undefined) tables.logProbability[sentences.begin + 1] = Number.NEGATIVE_INFINITY;
  const model = new BackoffNgramModel(tables, { vocabularySize: tokens.length, sentences, unknown });
  if (!sentences) return { model, tokens, warnings: [...warnings, withoutMarks(begin, end)] };
  // Models of one long text, which has no ends inside, are written so.
  const isEndImpossible = tables.logProbability[sentences.end + 1] === Number.NEGATIVE_INFINITY;
  return { model, tokens, warnings: isEndImpossible ? [...warnings, withoutEnds] : warnings };
}

const withoutEnds = `the file gives ${arpaNames.end} no probability, as that of a model of one text without lines: the perplexity of lines is infinite`;

function withoutMarks(begin: number | undefined, end: number | undefined): string {
  const missing = [
    ...(begin === undefined ? [arpaNames.begin] : []),
    ...(end === undefined ? [arpaNames.end] : []),
  ];
  return `the file has no ${missing.join(' and no ')}: texts are scored without the ends of sentences, so perplexities do not compare with those of models that have them`;
}
