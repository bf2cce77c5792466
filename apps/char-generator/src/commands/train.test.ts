import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import type { Reporter } from '@throughtime/command-line';
import { loadModel } from '@throughtime/lang-model/node';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { train } from './train.js';

let out: string;

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'train-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(out, { recursive: true });
});

it('saves and reports the averages of nt-asgd at a time limit, as if finished', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const events: Record<string, unknown>[] = [];
  const reporter: Reporter = {
    event(name, fields) {
      events.push({ event: name, ...fields });
      // The limit passes in the twentieth epoch: by then a rate this high has made validation worse.
      if (name === 'epoch' && fields?.epoch === 19) now = 60_000;
    },
    print() {},
    write() {},
    note() {},
    warn() {},
    progress() {},
  };
  const given = {
    ...{ hidden: 8, batch: 8, steps: 16, maxTokens: 1500, epochs: 1000, dropout: 0 },
    ...({ optimizer: 'nt-asgd', lr: 60 } as const),
  };
  const request = {
    given,
    out: join(out, 'model'),
    resume: false,
    overwrite: false,
    timeLimit: 30,
    threads: 1,
  };
  await train(request, reporter, new AbortController().signal);

  expect(events.at(-1)).toMatchObject({ event: 'done', reason: 'time-limit' });
  const saved = (await checkpointFolder(join(request.out, 'checkpoints')).latest())!;
  const { averageFrom, step } = saved.memory.updater;
  expect(averageFrom).toBeLessThan(step);
  const { model } = await loadModel(request.out);
  for (const { name, data } of model.parameters) {
    expect([...data]).toEqual([...saved.tensors.get(`optimizer/${name}/ax`)!.data]);
    expect([...data]).not.toEqual([...saved.tensors.get(`parameter/${name}`)!.data]);
  }
});
