import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@throughtime/random';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointWriteError, InvalidCheckpointError, NonFiniteWeightError } from '../errors.js';
import { collect } from '../fixtures/collect.js';
import { ElmanModel } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { sgd } from '../optimizers/sgd.js';
import type { TrainerSnapshot } from '../snapshot/snapshot.js';
import { BpttTrainer } from '../trainer.js';
import { checkpointFolder } from './checkpoint-folder.js';

const options = { optimizer: sgd(0.1), random: Random.seeded(1) };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoints-'));
});

afterEach(async () => {
  await chmod(folder, 0o755);
  await rm(folder, { recursive: true });
});

async function snapshot(epochs = 1): Promise<TrainerSnapshot> {
  const trainer = new BpttTrainer(new ElmanModel(), options);
  await collect(trainer.fit(tokenBatches(), { epochs }));
  return trainer.snapshot();
}

describe('checkpointFolder', () => {
  it('keeps the last N that a run saves, and gives the latest', async () => {
    const store = checkpointFolder(join(folder, 'made', 'for it'), { keep: 2 });
    expect(await store.latest()).toBeUndefined();
    const trainer = new BpttTrainer(new ElmanModel(), options);
    const { all } = await collect(
      trainer.fit(tokenBatches(), { epochs: 2, checkpoints: { store, everySteps: 3 } }),
    );
    // 8 updates: after 3 and 6, and after each epoch.
    const locations = all.flatMap((event) => (event.type === 'checkpoint' ? [event.location] : []));
    expect(locations.length).toBe(4);
    const names = await readdir(join(folder, 'made', 'for it'));
    expect(names.sort()).toEqual(['checkpoint-000003.safetensors', 'checkpoint-000004.safetensors']);
    expect(locations[3]).toBe(join(folder, 'made', 'for it', 'checkpoint-000004.safetensors'));
    expect((await store.latest())?.memory).toEqual(trainer.snapshot().memory);
  });

  it('saves on abort', async () => {
    const store = checkpointFolder(folder);
    const controller = new AbortController();
    const trainer = new BpttTrainer(new ElmanModel(), options);
    for await (const event of trainer.fit(tokenBatches(), {
      epochs: 2,
      checkpoints: { store },
      signal: controller.signal,
    })) {
      if (event.type === 'step' && event.step === 2) controller.abort();
    }
    expect((await store.latest())?.memory.updater.step).toBe(2);
  });

  it('names a damaged or foreign file and the checkpoint to go back to', async () => {
    const store = checkpointFolder(folder);
    const first = await store.save(await snapshot(1));
    const second = await store.save(await snapshot(2));
    const bytes = await readFile(second);
    bytes[bytes.length - 1] ^= 1;
    await writeFile(second, bytes);
    await expect(store.latest()).rejects.toThrow(InvalidCheckpointError);
    await expect(store.latest()).rejects.toThrow(
      `${second}: damaged: the content does not match its checksum; remove it to continue from ${first}`,
    );
    await writeFile(second, bytes.subarray(0, 100));
    await expect(store.latest()).rejects.toThrow(/cut short: expected \d+ bytes .* got 100/);
    await writeFile(second, 'something else entirely, not ours');
    await expect(store.latest()).rejects.toThrow(`${second}: no checkpoint`);
    await rm(second);
    expect((await store.latest())?.memory.epoch).toBe(2);
  });

  it('removes what a killed process left, and leaves the files of others', async () => {
    await writeFile(join(folder, `.checkpoint-000007.safetensors.${randomUUID()}.tmp`), 'half');
    const others = [`.notes.txt.${randomUUID()}.tmp`, 'notes.txt'];
    for (const name of others) await writeFile(join(folder, name), 'mine');
    await checkpointFolder(folder).save(await snapshot());
    expect((await readdir(folder)).sort()).toEqual([others[0], 'checkpoint-000001.safetensors', others[1]]);
  });

  it('takes only names that it gives for its own', async () => {
    const others = ['checkpoint-7.safetensors', 'checkpoint-0000008.safetensors'];
    for (const name of others) await writeFile(join(folder, name), 'of others');
    const store = checkpointFolder(folder, { keep: 1 });
    expect(await store.latest()).toBeUndefined();
    await store.save(await snapshot(1));
    await store.save(await snapshot(2));
    expect((await store.latest())?.memory.epoch).toBe(3);
    expect((await readdir(folder)).sort()).toEqual([...others, 'checkpoint-000002.safetensors'].sort());
    // A millionth checkpoint has a digit more.
    await writeFile(join(folder, 'checkpoint-999999.safetensors'), 'the one before');
    expect(await store.save(await snapshot(1))).toBe(join(folder, 'checkpoint-1000000.safetensors'));
  });

  it('continues where somebody has removed an old checkpoint meanwhile', async () => {
    const store = checkpointFolder(folder, { keep: 1 });
    await store.save(await snapshot());
    const taken = await snapshot();
    // The tensors are read once the folder has been looked into: as good a moment as any for somebody else.
    const entries = taken.tensors[Symbol.iterator].bind(taken.tensors);
    const tensors = Object.assign(new Map(taken.tensors), {
      [Symbol.iterator]: () => {
        rmSync(join(folder, 'checkpoint-000001.safetensors'));
        return entries();
      },
    });
    await store.save({ ...taken, tensors });
    expect(await readdir(folder)).toEqual(['checkpoint-000002.safetensors']);
  });

  it('says that a checkpoint was saved where only an older one could not be removed', async () => {
    const store = checkpointFolder(folder, { keep: 1 });
    // A folder is not removed as a file is.
    await mkdir(join(folder, 'checkpoint-000001.safetensors'));
    const saving = store.save(await snapshot());
    await expect(saving).rejects.toThrow(CheckpointWriteError);
    await expect(saving).rejects.toThrow(
      `${folder}: the checkpoint of step 4 was saved, but checkpoint-000001.safetensors before it could not be removed: `,
    );
    expect((await store.latest())?.memory.updater.step).toBe(4);
  });

  // Windows has no read-only folders.
  it.skipIf(process.platform === 'win32')(
    'says that the folder cannot be written, and keeps the checkpoint before',
    async () => {
      const store = checkpointFolder(folder);
      const path = await store.save(await snapshot(1));
      const next = await snapshot(2);
      await asOrdinaryUser(async () => {
        await expect(store.save(next)).rejects.toThrow(CheckpointWriteError);
        await expect(store.save(next)).rejects.toThrow(
          /the checkpoint of step 8 could not be written: EACCES.*those before it are whole/,
        );
      });
      expect(await readdir(folder)).toEqual(['checkpoint-000001.safetensors']);
      expect((await store.latest())?.memory.updater.step).toBe(4);
      expect(path).toBe(join(folder, 'checkpoint-000001.safetensors'));
    },
  );

  it('names options that cannot be', () => {
    expect(() => checkpointFolder(folder, { keep: 0 })).toThrow(
      'keep: expected a whole number of at least 1, got 0',
    );
    expect(() => checkpointFolder(folder, { keeps: 2 } as never)).toThrow("(did you mean 'keep'?)");
    expect(() => checkpointFolder(undefined as never)).toThrow('folder: expected a string that is not empty');
  });

  it('says that the path is no folder', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(checkpointFolder(file).save(await snapshot())).rejects.toThrow(CheckpointWriteError);
  });

  it('does not save weights that are not finite', async () => {
    const store = checkpointFolder(folder);
    const trainer = new BpttTrainer(new ElmanModel(), { ...options, optimizer: sgd(1e300) });
    const run = collect(trainer.fit(tokenBatches(), { epochs: 1, checkpoints: { store, everySteps: 1 } }));
    await expect(run).rejects.toThrow(NonFiniteWeightError);
    await expect(run).rejects.toThrow(/step 1: the weight rnn\.weight_ih_l0 contains -?Infinity/);
    expect(await readdir(folder)).toEqual([]);
  });
});

/** Runs with the folder read-only, and, since that does not stop root, as another user. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  await chmod(folder, 0o555);
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid!(65534);
  try {
    await work();
  } finally {
    if (root) process.seteuid!(0);
  }
}
