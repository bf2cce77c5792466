import { afterEach, describe, expect, it, vi } from 'vitest';
import { endingAtOnce, interruptible } from './interrupt.js';

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

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('asks the work to stop on %s and sets exit code %i', async (name, code) => {
    const saved = await interruptible(async (signal) => {
      process.emit(name);
      return signal.aborted ? 'saved' : 'not asked';
    });
    expect(saved).toBe('saved');
    expect(process.exitCode).toBe(code);
  });

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

describe('endingAtOnce', () => {
  const before = process.exitCode;

  afterEach(() => {
    process.exitCode = before;
  });

  it('leaves signals to the system while it runs, and hears them again afterwards', async () => {
    const handlers = process.listenerCount('SIGINT');
    await interruptible(async (signal) => {
      expect(await endingAtOnce(() => process.listenerCount('SIGINT'))).toBe(handlers);
      await expect(endingAtOnce(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
      process.emit('SIGINT');
      expect(signal.aborted).toBe(true);
    });
    expect(process.listenerCount('SIGINT')).toBe(handlers);
  });

  it('does not begin after a signal', async () => {
    let begun = false;
    const work = interruptible(async () => {
      process.emit('SIGTERM');
      await endingAtOnce(() => {
        begun = true;
      });
    });
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
    expect(begun).toBe(false);
    expect(process.exitCode).toBe(143);
  });

  it('runs outside of interruptible work, too', async () => {
    expect(await endingAtOnce(() => 7)).toBe(7);
  });
});
