import type { TrainingBatch, UpdateRule } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import { type DataArray, unpack } from '../training/plain-data.js';
import type { TrainingRun } from '../training/training-run.js';
import { CheckpointMismatchError } from './errors.js';
import type { TrainerSnapshot } from './snapshot.js';

/**
 * Puts a run where a snapshot was taken. Everything is checked before anything is written.
 * @throws CheckpointMismatchError
 */
export function readSnapshot<B extends TrainingBatch, S>(
  { memory, tensors }: TrainerSnapshot,
  run: TrainingRun<B, S>,
  rule: UpdateRule,
): void {
  if (memory.rule !== rule.name)
    throw new CheckpointMismatchError('optimiser', `'${rule.name}'`, `'${memory.rule}'`);
  const targets = new Map<string, DataArray>();
  for (const { name, data } of run.model.parameters) targets.set(`parameter/${name}`, data);
  for (const [name, data] of run.updater.slots()) targets.set(`optimizer/${name}`, data);
  checkTensors(tensors, targets);
  checkShapes(tensors, run);

  for (const [name, data] of targets) data.set(tensors.get(name)!.data);
  if (tensors.has(`best/${run.model.parameters[0].name}`)) {
    run.bestWeights.keep();
    for (const [name, data] of run.bestWeights.arrays()) data.set(tensors.get(`best/${name}`)!.data);
  }
  if (memory.carried) {
    const { json, batchSize } = memory.carried;
    run.carried.keep(unpack({ json, arrays: stateArrays(tensors) }) as S, batchSize);
  }
  run.epoch = memory.epoch;
  run.random = Random.fromState(memory.random);
  run.scheduleMemory = memory.schedule;
  run.learningRate = memory.learningRate;
  run.updater.restore(memory.updater);
  run.epochLoss.reset(memory.lossSum, memory.predictions);
  run.clock.seconds = memory.seconds;
  run.validations.restore(memory.best, memory.sinceBest);
}

/** Copies, so that the run does not write into the snapshot. */
function stateArrays(tensors: TrainerSnapshot['tensors']): DataArray[] {
  const arrays: DataArray[] = [];
  for (let i = 0; ; i++) {
    const tensor = tensors.get(`state/${i}`);
    if (!tensor) return arrays;
    arrays.push(tensor.data.slice());
  }
}

function checkTensors(tensors: TrainerSnapshot['tensors'], targets: ReadonlyMap<string, DataArray>): void {
  for (const name of targets.keys()) {
    if (!tensors.has(name))
      throw new CheckpointMismatchError('tensors', `'${name}' among them`, 'none of that name');
  }
  for (const name of tensors.keys()) {
    if (/^(parameter|optimizer)\//.test(name) && !targets.has(name)) {
      throw new CheckpointMismatchError(
        'tensors',
        'those of the model and its optimiser',
        `'${name}' as well`,
      );
    }
  }
}

function checkShapes<B extends TrainingBatch, S>(
  tensors: TrainerSnapshot['tensors'],
  run: TrainingRun<B, S>,
): void {
  for (const { name, shape } of run.model.parameters) {
    for (const kind of ['parameter', 'best']) {
      const saved = tensors.get(`${kind}/${name}`);
      if (saved && String(saved.shape) !== String(shape)) {
        throw new CheckpointMismatchError(`shape of '${name}'`, `[${shape}]`, `[${saved.shape}]`);
      }
    }
  }
}
