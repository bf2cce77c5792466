import { join } from 'node:path';
import type { SweepTarget } from '@throughtime/sweep';
import { requestOf, type TrainOptions, trainCommand } from './train.js';

/** `generate sweep`: many runs of `generate train`. */
export const trainingSweep: SweepTarget = {
  program: 'generate',
  command: trainCommand,
  refused: ['resume', 'overwrite', 'log-dir'],
  scoring:
    'Runs are scored by the perplexity on the validation text at their end; by that on the training text where nothing was kept for validation.',
  examples: `  generate sweep --out out/rates --vary lr=0.002,0.005,0.01 --vary hidden=128,256 -- --corpus alice --epochs 3
  generate sweep --out out/search --random 20 --vary lr=log:0.001..0.03 --vary dropout=0.0..0.6 -- --preset d2l-0.17-gru
  generate sweep --out out/search --resume
  generate sweep --out out/big --for slurm --vary cell=gru,lstm --vary layers=1,2,3 -- --corpus book.txt --epochs 30`,

  async check(options, reporter, signal) {
    const request = requestOf(options as unknown as TrainOptions);
    const { settingsOf } = await import('./run-folder.js');
    const { checkSettings } = await import('../core/training-run.js');
    const { readCorpus } = await import('./read-corpus.js');
    const settings = await settingsOf(request, reporter);
    checkSettings(settings);
    // Reads each text once: also, what must be downloaded is there before several runs ask for it.
    const { corpus, validationCorpus, split } = settings;
    for (const [names, option, part] of [
      [corpus, '--corpus', split],
      [validationCorpus, '--validation-corpus', undefined],
    ] as const) {
      const key = JSON.stringify([names, part]);
      if (names === undefined || read.has(key)) continue;
      await readCorpus(names, { reporter, signal, option, split: part });
      read.add(key);
    }
  },

  async continuation(out) {
    const { exists, recordName } = await import('./run-folder.js');
    return (await exists(join(out, recordName))) ? ['--resume'] : [];
  },

  score({ reason, perplexity, validationPerplexity }) {
    if (reason === 'interrupted') return undefined;
    const seen = { 'training perplexity': Number(perplexity ?? Number.NaN) };
    return validationPerplexity === undefined
      ? { measure: 'training perplexity', value: seen['training perplexity'] }
      : { measure: 'validation perplexity', value: Number(validationPerplexity), figures: seen };
  },
};

/** The texts that were found, by their names and part. */
const read = new Set<string>();
