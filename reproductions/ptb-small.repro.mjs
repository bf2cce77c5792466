// The PTB code's small model: on a corpus that you supply the published perplexities, without one an epoch's speed.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TextForm } from '@throughtime/char-generator/core/text-form';
import { fitOptions } from '@throughtime/char-generator/core/training-run';
import { perplexityCurves } from '@throughtime/figures';
import { evaluate, preset } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { InputError } from './input-error.mjs';
import { drawnRun, pennTreebankRun } from './ptb-protocol.mjs';
import { resumableRun } from './resumable-run.mjs';
import { RunPace } from './run-pace.mjs';
import { pennTreebankSizes, zipfIds } from './synthetic-corpus.mjs';

export const description =
  'Penn Treebank, small model: with --corpus FOLDER (ptb.train.txt, ptb.valid.txt, ptb.test.txt) as published, else one epoch on drawn ids';
export const duration =
  'an epoch about five minutes, the 13 of a corpus an hour; continues where it was interrupted';
export const options = /** @type {const} */ ({
  corpus: { type: 'string' },
  fresh: { type: 'boolean', default: false },
});

const name = 'ptb-small';
/** Of the perplexities: the seed, and what the PTB code's frameworks differ by. */
const tolerance = 0.03;
const mostMinutes = 6;

/** @param {{ report(line: string): void, values: { corpus?: string, fresh: boolean }, folder: string, quick?: boolean }} context */
export async function run({ report, values, folder, quick = false }) {
  return values.corpus === undefined || quick
    ? oneEpoch(report, quick)
    : asPublished(report, { ...values, corpus: values.corpus, folder });
}

/**
 * An epoch on ids of Penn Treebank's sizes, interrupted in the middle and resumed from a snapshot by another trainer.
 * @param {(line: string) => void} report
 * @param {boolean} quick whether a fortieth is enough
 */
async function oneEpoch(report, quick) {
  const { train: all, vocabulary: vocabularySize } = pennTreebankSizes;
  const train = quick ? Math.floor(all / 40) : all;
  const until = quick ? 60 : 1_200;
  const trainingIds = zipfIds(train, vocabularySize, Random.seeded(1));
  const pace = new RunPace();
  let [updates, tokens] = [0, 0];
  /** @type {import('@throughtime/bptt-trainer').TrainerSnapshot | undefined} */
  let resume;
  for (const last of [until, Number.POSITIVE_INFINITY]) {
    // Another seed: all that the second half starts from is the snapshot.
    const { trainer, batches } = drawnRun(name, {
      vocabularySize,
      trainingIds,
      seed: resume ? 2 : 1,
    });
    pace.resume();
    for await (const event of trainer.fit(batches, { epochs: 1, ...(resume && { resume }) })) {
      if (event.type !== 'step') continue;
      pace.update();
      updates++;
      tokens += event.predictions;
      if (event.step % 200 === 0)
        report(`  update ${event.step} of ${batches.length}, perplexity ${event.perplexity.toFixed(0)}`);
      if (event.step === last) break;
    }
    resume = trainer.snapshot();
  }
  const minutes = pace.undisturbedSeconds() / 60;
  // ((929,589 / 20) - 1) / 20: 2,323
  const expected = Math.floor((Math.floor(train / 20) - 1) / 20);
  return {
    checks: [
      {
        name: `updates of an epoch, interrupted after ${until.toLocaleString('en')} and resumed`,
        expected: `${expected}`,
        ours: `${updates}`,
        within: updates === expected,
      },
      {
        name: 'minutes of an epoch undisturbed (by the clock)',
        expected: `< ${mostMinutes}`,
        ours: `${minutes.toFixed(1)} (${(pace.seconds / 60).toFixed(1)}), ${(tokens / minutes / 60_000).toFixed(2)}k tokens/s`,
        within: minutes < mostMinutes,
      },
    ],
    notes: ['Drawn ids have no order to learn: --corpus FOLDER reproduces the perplexities.'],
  };
}

/**
 * All 13 epochs on a corpus in three files.
 * @param {(line: string) => void} report
 * @param {{ corpus: string, fresh: boolean, folder: string }} options
 */
async function asPublished(report, { corpus: from, fresh, folder }) {
  const corpus = await readCorpus(from);
  const trained = pennTreebankRun(name, corpus);
  const { model, trainer, batches, epochs, vocabulary } = trained;
  report(`  ${vocabulary.size} words, ${batches.length} updates an epoch`);

  const { store, resume, records, add } = await resumableRun(folder, {
    identity: `${name} on the corpus in ${from}, as the command trains it`,
    fresh,
  });
  if (resume) report(`  continues after update ${resume.memory.updater.step} (--fresh starts over)`);
  const checkpoints = { store, everySteps: 500 };
  for await (const event of trainer.fit(batches, {
    ...fitOptions(trained),
    checkpoints,
    ...(resume && { resume }),
  })) {
    if (event.type !== 'epoch' || !event.validation) continue;
    const { epoch, seconds, perplexity } = event;
    await add({ epoch, training: event.loss, validation: event.validation.loss, seconds });
    const [shown, minutes] = [event.validation.perplexity.toFixed(1), (seconds / 60).toFixed(1)];
    report(
      `  epoch ${epoch} of ${epochs}: perplexity ${perplexity.toFixed(1)}, validation ${shown}, ${minutes} min`,
    );
  }
  const last = records[records.length - 1];
  // One word after another, as the PTB code's test with batch 1 and step 1.
  const [words] = TextForm.of(trained).texts(corpus.test);
  const test = vocabulary.encode(words);
  const testPerplexity = (await evaluate(model, test, { given: 1 })).perplexity;
  const ours = {
    training: Math.exp(last.training),
    validation: Math.exp(last.validation),
    test: testPerplexity,
  };
  /** @type {{ readonly training?: number, readonly validation?: number, readonly test?: number }} */
  const { training, ...published } = preset(name).published ?? {};
  return {
    checks: Object.entries(published).map(([part, figure]) => {
      const value = ours[/** @type {keyof typeof ours} */ (part)];
      return {
        name: `${part} perplexity`,
        expected: `${figure}, within ${tolerance * 100}%`,
        ours: value.toFixed(2),
        within: Math.abs(value / figure - 1) <= tolerance,
      };
    }),
    notes: [
      `training perplexity ${ours.training.toFixed(2)}, published ${training}: no bound, as the rate that it was published with is not known ` +
        'for sure. Early releases of the PTB code halve the rate an epoch later than the book says, which lowers it at the cost of the ' +
        'other two. PyTorch, with the settings of the book, learns as we do: training / validation of epochs 1 to 3 are 271.0 / 178.1, ' +
        '133.5 / 143.6 and 102.3 / 132.1.',
    ],
    figures: {
      perplexity: perplexityCurves(
        /** @type {const} */ (['training', 'validation']).map((label) => ({
          label,
          points: records.map((record) => ({ at: record.epoch, value: Math.exp(record[label]) })),
        })),
      ),
    },
  };
}

/**
 * @param {string} folder with the corpus's three files as Mikolov prepared them
 * @throws InputError when one cannot be read
 */
async function readCorpus(folder) {
  /** @param {string} part */
  const read = (part) => {
    const path = join(folder, `ptb.${part}.txt`);
    return readFile(path, 'utf8').catch((/** @type {NodeJS.ErrnoException} */ error) => {
      throw new InputError(
        `--corpus: expected a folder with ptb.train.txt, ptb.valid.txt and ptb.test.txt, got ${error.code} for ${path}`,
      );
    });
  };
  const [train, validation, test] = await Promise.all(['train', 'valid', 'test'].map(read));
  return { name: 'penn-treebank', text: train, validationText: validation, test };
}
