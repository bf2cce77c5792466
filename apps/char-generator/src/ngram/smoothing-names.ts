/** What `--smoothing` may name. A file of its own, so that help needs no model code. */
export const smoothings = [
  'kneser-ney',
  'kneser-ney-backoff',
  'witten-bell',
  'laplace',
  'add-k',
  'maximum-likelihood',
] as const;

export type Smoothing = (typeof smoothings)[number];
