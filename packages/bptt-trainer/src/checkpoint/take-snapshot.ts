import type { TrainingBatch, UpdateRule } from '@throughtime/contract';
import { type DataArray, type PlainData, pack } from '../training/plain-data.js';
import type { TrainingRun } from '../training/training-run.js';
import type { RunMemory, SnapshotTensor, TrainerSnapshot } from './snapshot.js';

/**
 * A run at the moment between two updates, but for its weights and optimiser state, which only updates change. Passes change
 * the rest before the next update is made: what goes on from a snapshot makes them again.
 */
export interface Moment {
  readonly memory: RunMemory;
  /** The carried state's. */
  readonly arrays: readonly DataArray[];
}

export function momentOf<B extends TrainingBatch, S>(run: TrainingRun<B, S>, rule: UpdateRule): Moment {
  const { kept } = run.carried;
  const carried = kept && pack(kept.state as PlainData);
  const { best, sinceBest } = run.validations;
  return {
    arrays: carried?.arrays ?? [],
    memory: {
      epoch: run.epoch,
      place: run.place,
      random: run.random.state(),
      rule: rule.name,
      updater: run.updater.memory,
      schedule: run.scheduleMemory,
      learningRate: run.learningRate,
      lossSum: run.epochLoss.sum,
      predictions: run.epochLoss.predictions,
      seconds: run.clock.seconds,
      validation: run.validation?.start ?? null,
      best: best ?? null,
      sinceBest,
      carried: kept && carried ? { json: carried.json, batchSize: kept.batchSize } : null,
    },
  };
}

/** A run at its last such moment, as data. The arrays are the run's own, not copies. */
export function takeSnapshot<B extends TrainingBatch, S>(
  run: TrainingRun<B, S>,
  { memory, arrays }: Moment,
): TrainerSnapshot {
  const tensors = new Map<string, SnapshotTensor>();
  const shapes = new Map(run.model.parameters.map(({ name, shape }) => [name, shape]));
  for (const { name, shape, data } of run.model.parameters) tensors.set(`parameter/${name}`, { shape, data });
  for (const [name, data] of run.updater.slots()) {
    const shape = shapes.get(name.slice(0, name.lastIndexOf('/')))!;
    tensors.set(`optimizer/${name}`, { shape, data });
  }
  for (const [name, data] of run.bestWeights.arrays()) {
    tensors.set(`best/${name}`, { shape: shapes.get(name)!, data });
  }
  for (const [a, b] of run.shownWeights.exchanged) {
    const kept = tensors.get(a)!;
    tensors.set(a, tensors.get(b)!);
    tensors.set(b, kept);
  }
  arrays.forEach((data, i) => {
    tensors.set(`state/${i}`, { shape: [data.length], data });
  });
  return { memory, tensors };
}

/** A snapshot that stays as it is while training goes on. */
export function copySnapshot({ memory, tensors }: TrainerSnapshot): TrainerSnapshot {
  const copies = [...tensors].map(([name, { shape, data }]): [string, SnapshotTensor] => [
    name,
    { shape: [...shape], data: data.slice() },
  ]);
  return { memory: structuredClone(memory), tensors: new Map(copies) };
}
