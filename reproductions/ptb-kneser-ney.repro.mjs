// Penn Treebank by counting: modified Kneser-Ney of order 5, the figure that every network is compared with.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTextSplit } from '@throughtime/datasets';
import { countCorpus, evaluateSentences, kneserNey } from '@throughtime/lang-model';
import { Vocabulary } from '@throughtime/text-preprocess';
import { InputError } from './input-error.mjs';

export const description =
  'Penn Treebank: perplexity of 5-grams, modified Kneser-Ney; --corpus FOLDER (ptb.train.txt, ptb.test.txt), else downloaded';
export const duration = 'about ten seconds';
export const options = /** @type {const} */ ({ corpus: { type: 'string' } });
/** Whose corpus may not be redistributed: left out of the quick form of all. */
export const needsCorpus = true;

/** Mikolov's figure; SRILM's is 142.5 (order 5, -unk, gt3min 1, gt4min 1). */
const published = 141.2;
const tolerance = 0.01;

/** @param {{ values: { corpus?: string } }} context */
export async function run({ values }) {
  const { train, test } = await texts(values.corpus);
  const marks = { begin: '<s>', end: '</s>' };
  const lines = (/** @type {string} */ text) =>
    text
      .split('\n')
      .map((line) => line.split(' ').filter(Boolean))
      .filter((line) => line.length > 0);
  const sentences = lines(train);
  const vocabulary = Vocabulary.fromTokens(sentences.flat(), { reserved: [marks.begin, marks.end] });
  /** @param {string[][]} of */
  const encoded = (of) => of.map((line) => vocabulary.encode(line));
  const counts = countCorpus(encoded(sentences), {
    order: 5,
    vocabularySize: vocabulary.size,
    sentences: { begin: vocabulary.idOf(marks.begin), end: vocabulary.idOf(marks.end) },
    unknown: vocabulary.unknownId ?? undefined,
  });
  const { perplexity, tokens } = evaluateSentences(kneserNey(counts).model, encoded(lines(test)));
  return {
    checks: [
      {
        name: 'tokens of the test, ends of lines included',
        expected: '82430',
        ours: String(tokens),
        within: tokens === 82_430,
      },
      {
        name: 'test perplexity (SRILM: 142.5)',
        expected: `${published}, within ${tolerance * 100}%`,
        ours: perplexity.toFixed(2),
        within: Math.abs(perplexity / published - 1) <= tolerance,
      },
    ],
    notes: ['<unk> is a word of this corpus, and counts as one. KenLM gives the same: 141.186.'],
  };
}

/**
 * @param {string | undefined} folder with the corpus's files as Mikolov prepared them
 * @throws InputError when one cannot be read
 */
async function texts(folder) {
  if (folder === undefined) {
    const { train, test } = await loadTextSplit('penn-treebank');
    return { train: train.text, test: test.text };
  }
  /** @param {string} part */
  const read = (part) =>
    readFile(join(folder, `ptb.${part}.txt`), 'utf8').catch(
      (/** @type {NodeJS.ErrnoException} */ { code }) => {
        throw new InputError(
          `--corpus: expected a folder with ptb.train.txt and ptb.test.txt, got ${code} for ptb.${part}.txt`,
        );
      },
    );
  return { train: await read('train'), test: await read('test') };
}
