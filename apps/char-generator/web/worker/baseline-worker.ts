// A worker of its own for the n-gram model to compare with: counting a long text would hold training up.
import { countCorpus, evaluate, kneserNey, unigramPerplexity } from '@throughtime/lang-model';
import { expose } from 'comlink';
import { completeSettings } from '../../src/training/train-settings.js';
import { prepareData } from '../../src/training/training-data.js';
import type { Baselines, TrainRequest } from './protocol.js';
import { readSource } from './text-source.js';

/** Five characters: more gains little on texts of this size. */
const order = 5;

const counter = {
  /** Undefined when the text is too short to leave any for validation. */
  async count({ source, settings }: TrainRequest): Promise<Baselines | undefined> {
    const { training, validation, vocabulary } = prepareData(
      await readSource(source),
      completeSettings(settings),
    );
    if (!validation) return undefined;
    const vocabularySize = vocabulary.size;
    const { model } = kneserNey(countCorpus(training, { order, vocabularySize }));
    return {
      unigram: unigramPerplexity(training, { vocabularySize, of: validation }),
      // The first character has nothing before it: the network does not predict it either.
      ngram: evaluate(model, validation, { given: 1 }).perplexity,
      order,
    };
  },
};

export type BaselineCounter = typeof counter;

expose(counter);
