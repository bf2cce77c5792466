import { ArpaFormatError, arpaNames } from './arpa-format.js';
import { ArpaSectionReader, type ArpaSections } from './arpa-sections.js';
import { BackoffNgramModel } from './backoff-model.js';
import { buildTrie } from './trie-builder.js';

/** A model from an ARPA file, and its vocabulary. */
export interface ArpaModel {
  readonly model: BackoffNgramModel;
  /** The name of each id, in the order of the file's unigrams. */
  readonly tokens: readonly string[];
}

/**
 * Reads a model in the ARPA format, as KenLM, SRILM and {@link arpaChunks} write it, piece by piece: bytes (a file's stream) or
 * text. Logarithms of -99 and below are read as those of 0.
 *
 * A token named `<unk>` becomes the unknown token, `<s>` and `</s>` the sentence marks. N-grams that a file leaves out though a
 * longer one needs them (some pruning does that) are put in with the probability that backing off gives them, which
 * leaves every probability as it was.
 *
 * @throws ArpaFormatError naming the line, when the file is not in the format or cut short
 */
export async function readArpa(
  pieces: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): Promise<ArpaModel> {
  const reader = new ArpaSectionReader();
  const decode = utf8Decoder(() => reader.line);
  let rest = '';
  const take = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) reader.readLine(line);
  };
  for await (const piece of pieces) take(typeof piece === 'string' ? piece : decode(piece));
  take(decode());
  if (rest !== '') reader.readLine(rest);
  return modelFrom(reader.finish());
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

function modelFrom({ names, lists }: ArpaSections): ArpaModel {
  const ids = new Map(names.map((name, id) => [name, id]));
  const [begin, end] = [ids.get(arpaNames.begin), ids.get(arpaNames.end)];
  const unknown = ids.get(arpaNames.unknown) ?? ids.get(arpaNames.unknown.toUpperCase());
  const tables = buildTrie(names.length, lists);
  const sentences = begin === undefined || end === undefined ? undefined : { begin, end };
  // Files give it 0 or -99: whatever they say, it is never predicted.
  if (sentences !== undefined) tables.logProbability[sentences.begin + 1] = Number.NEGATIVE_INFINITY;
  const model = new BackoffNgramModel(tables, { vocabularySize: names.length, sentences, unknown });
  return { model, tokens: names };
}
