import { afterEach, describe, expect, it, vi } from 'vitest';
import { startWorker } from './platform.js';

/** Stands for a browser's Worker: what it is given, and what it says when the test has it say so. */
class FakeWorker {
  static last: FakeWorker;
  onerror?: (event: { error?: unknown; message?: string }) => void;
  onmessage?: (event: { data: string }) => void;
  readonly posted: unknown[] = [];
  terminated = false;

  constructor() {
    FakeWorker.last = this;
  }

  postMessage(data: unknown): void {
    this.posted.push(data);
  }

  terminate(): void {
    this.terminated = true;
  }
}

function start(Worker: unknown = FakeWorker) {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
  vi.stubGlobal('Worker', Worker);
  const ends: unknown[] = [];
  const handle = startWorker('', 'task', (error) => ends.push(error));
  return { handle, worker: FakeWorker.last, ends };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a worker in a browser', () => {
  it('is ready when it says so', async () => {
    const { handle, worker, ends } = start();
    expect(worker.posted).toEqual(['task']);
    worker.onmessage?.({ data: 'ready' });
    await handle.ready();
    expect(ends).toEqual([]);
    worker.onmessage?.({ data: 'ended' });
    expect(ends).toEqual([undefined]);
  });

  it('is not waited for when the page forbids it', async () => {
    const { handle, worker, ends } = start();
    worker.onerror?.({ message: 'blocked by the content security policy' });
    await handle.ready();
    worker.onerror?.({ message: 'again' });
    expect(ends).toEqual(['blocked by the content security policy']);
  });

  it('is not waited for once it has ended, by itself or not', async () => {
    const first = start();
    first.worker.onmessage?.({ data: 'ended' });
    await first.handle.ready();
    const second = start();
    second.handle.terminate();
    await second.handle.ready();
    expect(second.worker.terminated).toBe(true);
  });

  it('leaves nothing behind when it cannot be made', () => {
    const revoke = vi.spyOn(URL, 'revokeObjectURL');
    const refuse = class {
      constructor() {
        throw new DOMException('refused', 'SecurityError');
      }
    };
    expect(() => start(refuse)).toThrow('refused');
    expect(revoke).toHaveBeenCalledTimes(1);
  });
});
