import { afterEach, describe, expect, it, vi } from 'vitest';
import { interruptible } from './interrupt.js';

describe('interruptible', () => {
  const before = process.exitCode;

  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = before;
  });

  it('returns what the work returns and leaves no handler behind', async () => {
    const handlers = process.listenerCount('SIGINT');
    expect(await interruptible(async () => 7)).toBe(7);
    expect(process.listenerCount('SIGINT')).toBe(handlers);
    expect(process.exitCode).toBe(before);
  });

  it('also when the work fails', async () => {
    const handlers = process.listenerCount('SIGTERM');
    await expect(interruptible(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(process.listenerCount('SIGTERM')).toBe(handlers);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'asks the work to stop on %s and sets exit code 130',
    async (name) => {
      const saved = await interruptible(async (signal) => {
        process.emit(name);
        return signal.aborted ? 'saved' : 'not asked';
      });
      expect(saved).toBe('saved');
      expect(process.exitCode).toBe(130);
    },
  );

  it('ends the process at a second signal', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
    await interruptible(async () => {
      process.emit('SIGINT');
      expect(exit).not.toHaveBeenCalled();
      process.emit('SIGINT');
    });
    expect(exit).toHaveBeenCalledWith(130);
  });
});
