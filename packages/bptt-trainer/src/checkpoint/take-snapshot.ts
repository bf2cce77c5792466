import type { TrainingBatch } from '../batches/batch-source.js';
import type { UpdateRule } from '../optimizers/update-rule.js';
import { type PlainData, pack } from '../training/plain-data.js';
import type { TrainingRun } from '../training/training-run.js';
import type { SnapshotTensor, TrainerSnapshot } from './snapshot.js';

/** A run between two updates, as data. The arrays are the run's own, not copies. */
export function takeSnapshot<B extends TrainingBatch, S>(
  run: TrainingRun<B, S>,
  rule: UpdateRule,
): TrainerSnapshot {
  const { kept } = run.carried;
  const carried = kept && pack(kept.state as PlainData);
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
  carried?.arrays.forEach((data, i) => {
    tensors.set(`state/${i}`, { shape: [data.length], data });
  });
  const { best, sinceBest } = run.validations;
  return {
    tensors,
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

/** A snapshot that stays as it is while training goes on. */
export function copySnapshot({ memory, tensors }: TrainerSnapshot): TrainerSnapshot {
  const copies = [...tensors].map(([name, { shape, data }]): [string, SnapshotTensor] => [
    name,
    { shape: [...shape], data: data.slice() },
  ]);
  return { memory: structuredClone(memory), tensors: new Map(copies) };
}
