import { FileProblem, readTextFile } from '@throughtime/web-page';
import { type LoadedCorpus, loadCorpus, tokenizerOf } from '../../src/core/corpus.js';
import { TextForm } from '../../src/core/text-form.js';
import { numbers, workerTexts } from '../texts/chosen-worker.js';
import type { TextFacts, TextReading, TextSource } from './protocol.js';

/** A page's memory is a few times this as ids and tokens; a book has about a million characters. */
const largestText = 10e6;

/** @throws FileProblem when a file is too large, or not text */
export async function readSource(source: TextSource): Promise<LoadedCorpus> {
  switch (source.kind) {
    case 'corpus': {
      const corpus = await loadCorpus(source.name);
      if (!corpus) throw new FileProblem(workerTexts.text.unnamed(source.name));
      return corpus;
    }
    case 'text':
      if (source.text.length > largestText)
        throw new FileProblem(
          workerTexts.text.tooLong(numbers.count(source.text.length / 1e6), numbers.count(largestText / 1e6)),
        );
      return { name: 'own text', text: source.text };
    case 'file':
      return {
        name: source.file.name,
        text: await readTextFile(source.file, { maxBytes: largestText }),
      };
  }
}

/** Signs that make one character with those beside them; CR LF is none of a reader's. */
const combining = /\p{Mark}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d/u;

/** What a text is to a model that reads it so. */
export function factsOf(text: string, reading: TextReading): TextFacts {
  const tokenizer = tokenizerOf({ text }, { ...reading, validation: 0 });
  const form = new TextForm({ tokenizer, clean: reading.clean, lines: false });
  const [tokens = []] = form.texts(text);
  return { tokens: tokens.length, distinct: new Set(tokens).size, combines: combining.test(text) };
}
