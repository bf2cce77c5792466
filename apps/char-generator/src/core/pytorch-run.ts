// A training run as PyTorch continues it: what `generate export --format pytorch` writes beside the Python files.
import { resolveModelConfig } from '@throughtime/lang-model';
import { encodeRun, optimizerSettings } from '@throughtime/pytorch-run';
import {
  batchSteps,
  optimizerFor,
  scheduleSettings,
  type TrainingRun,
  truncationSettings,
} from './training-run.js';

/** The files of a run but for its model folder: settings and ids, by name. */
export function pytorchRunFiles(run: TrainingRun): [name: string, content: string | Uint8Array][] {
  const { model, settings, training, validation, epochs } = run;
  const { sampling, batch, steps, seed, clip, clipValue, reduction = 'mean' } = settings;
  const { accumulate = 1, earlyStopping } = settings;
  const optimizer = optimizerFor(settings);
  const frozen = model.parameters.filter((parameter) =>
    optimizer.groups.some(({ match, learningRate }) => learningRate === 0 && match(parameter)),
  );
  const { activationPenalty, ...architecture } = resolveModelConfig(model.config);
  const json = encodeRun({
    architecture,
    activationPenalty,
    optimizer: optimizerSettings(optimizer),
    frozen: frozen.map(({ name }) => name),
    clip: { ...(clip > 0 && { norm: clip }), ...(clipValue !== undefined && { value: clipValue }) },
    schedule: scheduleSettings(settings),
    truncation: truncationSettings(settings),
    reduction,
    batches: { sampling, batch, steps: batchSteps(settings, training.length) },
    validation: validation && { layout: validation.layout, steps },
    accumulate,
    earlyStopping,
    epochs,
    seed,
  });
  return [
    ['run.json', json],
    ['training.int32', bytesOf(training)],
    ...(validation ? [['validation.int32', bytesOf(validation.ids)] as [string, Uint8Array]] : []),
  ];
}

function bytesOf(ids: Int32Array): Uint8Array {
  return new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
}
