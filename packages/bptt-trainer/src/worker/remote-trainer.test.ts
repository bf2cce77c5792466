import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../events.js';
import { type BundledProgram, bundleProgram } from '../fixtures/bundle-program.js';
import { collect } from '../fixtures/collect.js';
import { type Job, prepare } from '../fixtures/worker-program.js';
import { RemoteTrainer, WorkerLostError } from './remote-trainer.js';
import { serveTraining } from './serve-training.js';

const timeless = (events: readonly TrainingEvent[]) =>
  events.map((event) => ({ ...event, tokensPerSecond: 0, timeLeft: 0, seconds: 0 }));

const here = async ({ epochs, rate }: Job) => {
  const { trainer, batches } = prepare({ epochs, rate });
  const { all } = await collect(trainer.fit(batches, { epochs }));
  return { all: timeless(all), snapshot: trainer.snapshot() };
};

let program: BundledProgram;
const opened: (() => unknown)[] = [];

beforeAll(async () => {
  program = await bundleProgram('./worker-program.ts');
});

afterAll(async () => {
  for (const close of opened) await close();
  await program.remove();
});

describe.each(['worker thread', 'message port'])('RemoteTrainer over a %s', (kind) => {
  /** A port is what a Web Worker looks like from either side. */
  function open(): RemoteTrainer<Job> {
    if (kind === 'worker thread') {
      const worker = new Worker(program.path);
      opened.push(() => worker.terminate());
      return new RemoteTrainer<Job>(worker);
    }
    const { port1, port2 } = new MessageChannel();
    opened.push(() => port1.close());
    serveTraining(webOnly(port2), prepare);
    return new RemoteTrainer<Job>(webOnly(port1));
  }

  it('trains as a trainer here does, more events than may be ahead, and again', async () => {
    const remote = open();
    for (const job of [
      { epochs: 30, rate: 0.5 },
      { epochs: 2, rate: 0.1 },
    ]) {
      const local = await here(job);
      expect(timeless((await collect(remote.fit(job))).all)).toEqual(local.all);
      const { tensors, memory } = await remote.snapshot();
      expect(tensors).toEqual(local.snapshot.tensors);
      expect(memory.random).toEqual(local.snapshot.memory.random);
    }
  });

  it('stops on a signal and goes on from its snapshot', async () => {
    const remote = open();
    const job = { epochs: 1e6, rate: 0.5 };
    const controller = new AbortController();
    let last: TrainingEvent | undefined;
    for await (const event of remote.fit(job, { signal: controller.signal })) {
      if (event.type === 'step' && event.step === 5) controller.abort();
      last = event;
    }
    expect(last).toMatchObject({ type: 'end', reason: 'aborted' });
    const resume = await remote.snapshot();
    const { step } = resume.memory.updater;
    expect(step).toBeLessThan(5 + 200);
    const epochs = Math.ceil(step / 4) + 1;
    await collect(remote.fit({ epochs, rate: 0.5 }, { resume }));
    expect((await remote.snapshot()).tensors).toEqual((await here({ epochs, rate: 0.5 })).snapshot.tensors);
  });

  it('stops when the loop is left, and is free again', async () => {
    const remote = open();
    for await (const _ of remote.fit({ epochs: 1e6, rate: 0.5 })) break;
    const { end } = await collect(remote.fit({ epochs: 1, rate: 0.5 }));
    expect(end).toMatchObject({ reason: 'finished', step: 4 });
  });

  it('passes errors on by name, message and fields', async () => {
    const remote = open();
    await expect(remote.snapshot()).rejects.toThrow('call fit first');
    const failure = collect(remote.fit({ epochs: 2, rate: 1e300 }));
    await expect(failure).rejects.toMatchObject({ name: 'NonFiniteLossError', step: 2 });
    await expect(failure).rejects.toThrow('step 2: the loss is NaN');
    await expect(collect(remote.fit({ epochs: -1, rate: 1 }))).rejects.toMatchObject({
      name: 'InvalidArgumentError',
    });
  });
});

it('RemoteTrainer says that the worker was lost', async () => {
  const remote = new RemoteTrainer<Job>(new Worker(program.path));
  await expect(collect(remote.fit({ epochs: 1, rate: 1, crash: true }))).rejects.toThrow(WorkerLostError);
  await expect(remote.snapshot()).rejects.toThrow('the worker that trains was lost: it exited with code 3');
});

/** Node's ports have the methods of both worlds; this leaves those of the web. */
function webOnly(port: MessagePort) {
  return {
    postMessage: (message: unknown) => port.postMessage(message),
    addEventListener: (type: 'message', listener: (event: MessageEvent) => void) =>
      port.addEventListener(type, listener),
    removeEventListener: (type: 'message', listener: (event: MessageEvent) => void) =>
      port.removeEventListener(type, listener),
    start: () => port.start(),
  };
}
