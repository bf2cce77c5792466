/** The chapter's editions whose settings differ. */
export type EditionName = '0.6' | '0.7' | '0.14' | '0.15' | '0.16' | '0.17' | '1.0';

/** How an edition of "Dive into Deep Learning" sets up its sine wave experiment (chapter "Sequence Models"). */
export interface Edition {
  /** The first t of x_t = sin(.01 t) + noise. */
  readonly firstStep: 0 | 1;
  /** Hidden layers, each followed by ReLU; none is linear regression. */
  readonly hiddenSize: readonly number[];
  readonly initial: 'xavier' | 'normal';
  readonly optimizer: 'adam' | 'sgd';
  readonly learningRate: number;
  readonly epochs: number;
}

const mlp = { hiddenSize: [10], initial: 'xavier', optimizer: 'adam', learningRate: 0.01 } as const;

/** All editions: 4 lags, batches of 16, the first 600 pairs for training; 1.0 validates on the other 396. */
export const editions: Readonly<Record<EditionName, Edition>> = {
  '0.6': { ...mlp, hiddenSize: [10, 10], firstStep: 0, epochs: 10 },
  '0.7': { ...mlp, firstStep: 0, epochs: 10 },
  '0.14': { ...mlp, firstStep: 1, epochs: 10 },
  '0.15': { ...mlp, firstStep: 1, epochs: 5 },
  '0.16': { ...mlp, firstStep: 1, epochs: 5 },
  '0.17': { ...mlp, firstStep: 1, epochs: 5 },
  '1.0': { hiddenSize: [], initial: 'normal', optimizer: 'sgd', learningRate: 0.01, firstStep: 1, epochs: 5 },
};
