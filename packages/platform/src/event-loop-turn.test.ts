import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventLoopTurn } from './event-loop-turn.js';

describe('eventLoopTurn', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  /** A clock that only `pass` moves. */
  function fakeClock() {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    return {
      pass(milliseconds: number) {
        now += milliseconds;
      },
    };
  }

  it('waits only when the stretch is over', async () => {
    const clock = fakeClock();
    const turn = eventLoopTurn(12);
    clock.pass(11);
    expect(turn()).toBeUndefined();
    clock.pass(1);
    await turn();
    // The stretch starts over after the turn.
    clock.pass(11);
    expect(turn()).toBeUndefined();
  });

  it.each(['setImmediate', 'MessageChannel'])('lets other tasks run, by %s', async (means) => {
    const { setImmediate: immediate } = globalThis;
    if (means === 'MessageChannel') vi.stubGlobal('setImmediate', undefined);
    const clock = fakeClock();
    const turn = eventLoopTurn();
    clock.pass(30);
    let heard = false;
    const message = new Promise<void>((resolve) => {
      immediate(() => {
        heard = true;
        resolve();
      });
    });
    await turn();
    await message;
    expect(heard).toBe(true);
  });
});
