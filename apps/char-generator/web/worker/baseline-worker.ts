// A worker of its own for the n-gram model to compare with: counting a long text would hold training up.
import { expose } from 'comlink';
import { type Baselines, baselines } from '../../src/core/ngram.js';
import type { TrainRequest } from './protocol.js';
import { readSource } from './text-source.js';

const counter = {
  /** Undefined when the text is too short to leave any for validation. */
  async count({ source, settings }: TrainRequest): Promise<Baselines | undefined> {
    return baselines(await readSource(source), settings);
  },
};

export type BaselineCounter = typeof counter;

expose(counter);
