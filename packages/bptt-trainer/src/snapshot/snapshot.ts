import type { BatchCursor } from '@throughtime/contract';
import {
  anything,
  type Check,
  check,
  either,
  exactly,
  list,
  nonEmptyText,
  number,
  record,
  required,
  text,
  whole,
} from '@throughtime/errors';
import { CheckpointMismatchError } from '../errors.js';
import { averageSlot } from '../optimizers/averaged-sgd.js';
import { noUpdates, type UpdaterMemory } from '../optimizers/weight-updater.js';
import type { Place } from '../run/passes.js';
import { type DataArray, type PlainData, pack, unpack } from '../run/plain-data.js';
import type { RunState } from '../run/run-state.js';
import type { RunWeights, WeightArray } from '../run/weights.js';

/** An array of a run, with its shape. */
export interface SnapshotTensor {
  /** Sizes of its axes, outermost first. */
  readonly shape: readonly number[];
  /** The values, row-major. */
  readonly data: DataArray;
}

/** Which run a checkpoint belongs to, and what computed it. */
export interface RunIdentity {
  /** Of settings and data, say a hash of both: two runs with the same one compute the same. */
  readonly id: string;
  /**
   * What computes the model, where that decides the last bits: the engine's variant ('plain', 'relaxed'), or another name. A run that
   * continues under another one continues correctly, but not to the bits of the run that was not interrupted.
   */
  readonly engine: string;
}

export const runIdentityCheck: Check<RunIdentity> = record<RunIdentity>({
  id: required(nonEmptyText),
  engine: required(nonEmptyText),
});

/** What a run remembers beside arrays: fit for JSON. The fields of `RunState`, as the file has them. */
export interface RunMemory {
  /** Absent where `fit` was not told, and in checkpoints of earlier releases. */
  readonly run?: RunIdentity;
  /** The epoch in progress, from 1. */
  readonly epoch: number;
  /** Where in the epoch the next pass comes from. */
  readonly place: Place;
  /** State of the trainer's random stream. */
  readonly random: readonly number[];
  /** The rule that the optimizer's arrays belong to. */
  readonly rule: string;
  /** What the optimizer remembers beside arrays: how many updates, and averaging. */
  readonly updater: UpdaterMemory;
  /** What the schedule remembers. */
  readonly schedule: unknown;
  /** Of the last update. */
  readonly learningRate: number;
  /** Of the epoch so far. */
  readonly lossSum: number;
  /** Of the epoch so far. */
  readonly predictions: number;
  /** Spent training in the epoch so far. */
  readonly seconds: number;
  /** Where the epoch that every validation repeats starts; null without validation. */
  readonly validation: BatchCursor | null;
  /** The best validation; null before the first. */
  readonly best: { readonly epoch: number; readonly loss: number } | null;
  /** Validations since then. */
  readonly sinceBest: number;
  /** The carried state without its arrays, and how many rows it has; null at an epoch's start. */
  readonly carried: { readonly json: unknown; readonly batchSize: number } | null;
}

const count = whole({ from: 0 });
const randomState = list(number());
const orNull = <T>(inner: Check<T>) => either(exactly(null), inner);
const cursor = record<BatchCursor>({ random: required(randomState), index: required(count) });
/** Losses may be infinite, and JSON has null for them. */
const loss = orNull(number());

/** Of the memory as a file has it. What the schedule saved, and the carried state, those read who know them. */
export const memoryCheck: Check<RunMemory> = record<RunMemory>({
  run: runIdentityCheck,
  epoch: required(whole({ from: 1 })),
  place: required(
    record<Place>({ cursor: required(cursor), window: required(count), windowsFrom: randomState }),
  ),
  random: required(randomState),
  rule: required(text),
  updater: required(
    record<UpdaterMemory>({
      step: required(count),
      averageFrom: required(orNull(count)),
      validationLosses: required(list(loss)),
      stepsBefore: count,
    }),
  ),
  schedule: required(anything),
  learningRate: required(loss),
  lossSum: required(loss),
  predictions: required(number()),
  seconds: required(number()),
  validation: required(orNull(cursor)),
  best: required(
    orNull(record<NonNullable<RunMemory['best']>>({ epoch: required(count), loss: required(loss) })),
  ),
  sinceBest: required(count),
  carried: required(
    orNull(
      record<NonNullable<RunMemory['carried']>>({
        json: required(anything),
        batchSize: required(whole({ from: 1 })),
      }),
    ),
  ),
});

/**
 * Everything that a run is, between two updates. Arrays are by name: 'parameter/NAME', 'optimizer/NAME/SLOT', 'state/INDEX',
 * 'best/NAME'. The parameters are those that train, even while the model holds averages or its best weights.
 */
export interface TrainerSnapshot {
  /** Everything but arrays: place, random states, schedule, records. */
  readonly memory: RunMemory;
  /** Weights, optimizer state and carried state by name. */
  readonly tensors: ReadonlyMap<string, SnapshotTensor>;
}

/** The check of an option that must be a snapshot. */
export const snapshotCheck: Check<TrainerSnapshot> = check(
  'a snapshot, such as trainer.snapshot() or await store.latest()',
  (value) => {
    const { memory, tensors } = (value ?? {}) as Partial<TrainerSnapshot>;
    return typeof memory === 'object' && memory !== null && tensors instanceof Map;
  },
);

/** A run as data. The arrays are the run's own, not copies: see {@link copySnapshot}. */
export function snapshotOf<S>(
  state: RunState<S>,
  weights: RunWeights,
  run: RunIdentity | undefined,
): TrainerSnapshot {
  const { carried, losses, validations, ...rest } = state;
  const packed = carried && pack(carried.state as PlainData);
  const tensors = new Map<string, SnapshotTensor>(weights.arrays());
  packed?.arrays.forEach((data, i) => {
    tensors.set(`state/${i}`, { shape: [data.length], data });
  });
  return {
    memory: {
      ...(run && { run }),
      ...rest,
      rule: weights.updater.rule,
      lossSum: losses.sum,
      predictions: losses.predictions,
      best: validations.best,
      sinceBest: validations.sinceBest,
      carried: carried && packed && { json: packed.json, batchSize: carried.batchSize },
    },
    tensors,
  };
}

/**
 * The state that a snapshot holds. The arrays of the run's weights get the snapshot's values. Everything is checked before
 * anything is written.
 * @throws CheckpointMismatchError
 */
export function restoredState<S>(snapshot: TrainerSnapshot, weights: RunWeights): RunState<S> {
  const { run: _, rule, lossSum, predictions, best, sinceBest, carried, ...rest } = snapshot.memory;
  if (rule !== weights.updater.rule) {
    throw new CheckpointMismatchError('optimizer', `'${weights.updater.rule}'`, `'${rule}'`);
  }
  restoreWeights(snapshot, weights);
  return {
    ...rest,
    losses: { sum: lossSum, predictions },
    validations: { best, sinceBest },
    carried: carried && {
      state: unpack({ json: carried.json, arrays: stateArrays(snapshot.tensors) }) as S,
      batchSize: carried.batchSize,
    },
  };
}

/**
 * What an optimizer remembers that begins with another run's moments; they are copied into the run's. Averages are of the run that made
 * them: they are not taken.
 * @throws CheckpointMismatchError where the rule or a shape differs
 */
export function adoptedOptimizer({ memory, tensors }: TrainerSnapshot, weights: RunWeights): UpdaterMemory {
  const { rule } = weights.updater;
  if (memory.rule !== rule) throw new CheckpointMismatchError('optimizer', `'${rule}'`, `'${memory.rule}'`);
  const targets = new Map(
    [...weights.arrays()].filter(
      ([name]) => name.startsWith('optimizer/') && !name.endsWith(`/${averageSlot}`),
    ),
  );
  if (targets.size === 0) return noUpdates;
  requireTensors(tensors, targets);
  for (const [name, { data }] of targets) data.set(tensors.get(name)!.data);
  const { step, stepsBefore = 0 } = memory.updater;
  return { ...noUpdates, stepsBefore: step + stepsBefore };
}

/** A snapshot that stays as it is while training continues. */
export function copySnapshot({ memory, tensors }: TrainerSnapshot): TrainerSnapshot {
  const copies = [...tensors].map(([name, { shape, data }]): [string, SnapshotTensor] => [
    name,
    { shape: [...shape], data: data.slice() },
  ]);
  return { memory: structuredClone(memory), tensors: new Map(copies) };
}

/** Whether it holds the weights of its best validation. */
export function hasBestWeights({ tensors }: TrainerSnapshot): boolean {
  return [...tensors.keys()].some((name) => name.startsWith('best/'));
}

type Tensors = TrainerSnapshot['tensors'];

function restoreWeights(snapshot: TrainerSnapshot, weights: RunWeights): void {
  // Makes room for the best weights: what it copies is overwritten below.
  if (hasBestWeights(snapshot)) weights.keepBest();
  const targets = weights.arrays();
  checkTensors(snapshot.tensors, targets);
  for (const [name, { data }] of targets) data.set(snapshot.tensors.get(name)!.data);
}

function checkTensors(tensors: Tensors, targets: ReadonlyMap<string, WeightArray>): void {
  for (const name of tensors.keys()) {
    if (!targets.has(name) && !name.startsWith('state/')) {
      const expected = 'those of the model and its optimizer';
      throw new CheckpointMismatchError('tensors', expected, `'${name}' as well`);
    }
  }
  requireTensors(tensors, targets);
}

/** Each of the targets is there, in its shape. */
function requireTensors(tensors: Tensors, targets: ReadonlyMap<string, WeightArray>): void {
  for (const [name, { shape }] of targets) {
    const saved = tensors.get(name)?.shape;
    if (saved === undefined)
      throw new CheckpointMismatchError('tensors', `'${name}' among them`, 'none of that name');
    if (String(saved) !== String(shape)) {
      const parameter = name.slice(name.indexOf('/') + 1);
      throw new CheckpointMismatchError(`shape of '${parameter}'`, `[${shape}]`, `[${saved}]`);
    }
  }
}

/** Copies, so that the run does not write into the snapshot. */
function stateArrays(tensors: Tensors): DataArray[] {
  const arrays: DataArray[] = [];
  for (let i = 0; ; i++) {
    const tensor = tensors.get(`state/${i}`);
    if (!tensor) return arrays;
    arrays.push(tensor.data.slice());
  }
}
