import type { EndReason } from '@throughtime/bptt-trainer';
import { type Reporter, UsageError } from '@throughtime/command-line';
import { saveModel } from '@throughtime/lang-model/node';
import { Random } from '@throughtime/random';
import { startBackend, useThreads } from '../compute.js';
import { newModel } from './new-model.js';
import { openRun, type RunRequest } from './open-run.js';
import type { TrainSettings } from './train-settings.js';
import { trainerFor } from './trainer-for.js';
import { prepareData, type TrainingData, trainingBatches, validationBatches } from './training-data.js';
import { TrainingReport } from './training-report.js';

export interface TrainRequest extends RunRequest {
  /** Seconds after which training ends as if finished: averages are what is saved, where there are any. Default: none. */
  readonly timeLimit?: number;
  /** Default: one a core. Does not change what is computed. */
  readonly threads?: number;
}

/** Trains a model into its folder, telling how it goes. An aborted signal saves and returns. */
export async function train(request: TrainRequest, reporter: Reporter, signal: AbortSignal): Promise<void> {
  const { out, timeLimit, threads } = request;
  const { settings, corpus, store, snapshot, begin } = await openRun(request, reporter, signal);
  const data = prepareData(corpus, settings);
  requireValidation(settings, data);
  useThreads(threads);
  // Streams of their own, so that what one draws does not depend on the others.
  const random = Random.seeded(settings.seed);
  const [weights, order, dropout, samples] = [random.fork(), random.fork(), random.fork(), random.fork()];
  const model = newModel(settings, data.vocabulary, weights);
  // The engine does not scale gradients between steps, as randomised truncation asks.
  if (model.path === 'reference' || settings.truncation === 'randomized') await startBackend();
  const batches = trainingBatches(data, settings, order);
  const trainer = trainerFor(model, settings, dropout);
  const report = new TrainingReport({ reporter, out, settings, data, model, random: samples });
  await begin();
  report.start();

  const notes = { cleaning: settings.clean, corpus: settings.corpus };
  const save = () => saveModel(out, model, { tokenizer: data.tokenizer, notes });
  const events = trainer.fit(batches, {
    epochs: settings.epochs,
    signal,
    ...(timeLimit !== undefined && { timeLimit }),
    checkpoints: { store },
    ...(data.validation && { validation: validationBatches(data.validation, settings) }),
    ...(snapshot && { resume: snapshot }),
  });
  let reason: EndReason = 'finished';
  for await (const event of events) {
    if (event.type === 'step') report.step(event);
    else if (event.type === 'epoch') await report.epoch(event);
    else if (event.type === 'checkpoint') await save();
    else reason = event.reason;
  }
  await save();
  if (signal.aborted) report.interrupted();
  else await report.end(reason);
}

/** Before anything is written, and in the command's words; the trainer would refuse it later, in its own. */
function requireValidation({ schedule, optimizer }: TrainSettings, { validation }: TrainingData): void {
  if (validation) return;
  const waiting =
    schedule === 'on-plateau'
      ? '--schedule on-plateau'
      : optimizer === 'nt-asgd'
        ? '--optimizer nt-asgd'
        : undefined;
  if (waiting === undefined) return;
  throw new UsageError(
    `${waiting}: expected a text to validate on, got none; give --validation a share of the corpus`,
  );
}
