import { type MessagePort as NodePort, Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../events.js';
import { type BundledProgram, bundleProgram } from '../fixtures/bundle-program.js';
import { collect } from '../fixtures/collect.js';
import { type Job, prepare } from '../fixtures/worker-program.js';
import type { TrainerSnapshot } from '../snapshot/snapshot.js';
import { RemoteTrainer, TrainerBusyError, WorkerLostError } from './remote-trainer.js';
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

  it('stops on a signal and continues from its snapshot', async () => {
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
      name: 'ArgumentError',
      argument: 'epochs',
      isUserError: true,
    });
    await expect(collect(remote.fit({ epochs: 1, rate: 1 }, { sginal: 1 } as never))).rejects.toThrow(
      "(did you mean 'signal'?)",
    );
  });
});

it('RemoteTrainer says that the worker was lost', async () => {
  const remote = new RemoteTrainer<Job>(new Worker(program.path));
  await expect(collect(remote.fit({ epochs: 1, rate: 1, crash: true }))).rejects.toThrow(WorkerLostError);
  await expect(remote.snapshot()).rejects.toThrow('the worker that trains was lost: it exited with code 3');
  await expect(remote.snapshot()).rejects.toMatchObject({ isUserError: false });
});

it.each(['from here', 'from there'])('RemoteTrainer says that its port was closed %s', async (side) => {
  const { port1, port2 } = new MessageChannel();
  const [ours, theirs] = [port1, port2] as unknown as NodePort[];
  serveTraining(theirs, prepare);
  const remote = new RemoteTrainer<Job>(ours);
  const run = collect(closing(remote.fit({ epochs: 1e6, rate: 0.5 }), side === 'from here' ? ours : theirs));
  await expect(run).rejects.toThrow(WorkerLostError);
  await expect(run).rejects.toThrow('the worker that trains was lost: its port was closed');
  await expect(collect(remote.fit({ epochs: 1, rate: 0.5 }))).rejects.toThrow(WorkerLostError);
});

it('training stops, and is saved, when the other side closes the port', async () => {
  const { port1, port2 } = new MessageChannel();
  const [ours, theirs] = [port1, port2] as unknown as NodePort[];
  const saved = new Promise<TrainerSnapshot>((resolve) => {
    const store = {
      save: async (snapshot: TrainerSnapshot) => {
        resolve(snapshot);
        return '';
      },
      latest: async () => undefined,
    };
    serveTraining(theirs, (job: Job) => {
      const task = prepare(job);
      return { ...task, fit: { ...task.fit, checkpoints: { store, everyEpochs: 1e9 } } };
    });
  });
  const remote = new RemoteTrainer<Job>(ours);
  await expect(collect(closing(remote.fit({ epochs: 1e6, rate: 0.5 }), ours))).rejects.toThrow('closed');
  expect((await saved).memory.updater.step).toBeGreaterThanOrEqual(3);
});

it('RemoteTrainer trains one job at a time', async () => {
  const { port1, port2 } = new MessageChannel();
  opened.push(() => port1.close());
  serveTraining(webOnly(port2), prepare);
  const remote = new RemoteTrainer<Job>(webOnly(port1));
  const first = remote.fit({ epochs: 2, rate: 0.5 });
  await first.next();
  const second = collect(remote.fit({ epochs: 1, rate: 0.5 }));
  await expect(second).rejects.toThrow(TrainerBusyError);
  await expect(second).rejects.toThrow('fit: expected the job before to have ended');
  expect((await collect(first)).end).toMatchObject({ reason: 'finished', step: 8 });
  expect((await collect(remote.fit({ epochs: 1, rate: 0.5 }))).end).toMatchObject({ step: 4 });
});

/** Passes events on, and closes a port after the third. */
async function* closing(events: AsyncIterable<TrainingEvent>, port: NodePort) {
  let seen = 0;
  for await (const event of events) {
    yield event;
    if (++seen === 3) port.close();
  }
}

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
