import { describe, expect, it } from 'vitest';
import { reportsFirst } from './reports-first.js';

describe('reportsFirst', () => {
  it.each([
    ['well', async () => 'done'],
    ['badly', async () => Promise.reject(new Error('failed'))],
  ])('ends %s after the last report was seen', async (how, end) => {
    const seen: unknown[] = [];
    // Each comes a message later than it was made, as through a channel.
    const channel = new MessageChannel();
    const waiting: (() => void)[] = [];
    channel.port2.onmessage = ({ data }) => {
      seen.push(data);
      waiting.shift()?.();
    };
    const report = (one: number) =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        channel.port1.postMessage(one);
      });
    await reportsFirst(report, (tell: (one: number) => void) => {
      for (const one of [1, 2, 3]) tell(one);
      return end();
    }).then(
      (value) => seen.push(value),
      (error: Error) => seen.push(error.message),
    );
    channel.port1.close();
    expect(seen).toEqual([1, 2, 3, how === 'well' ? 'done' : 'failed']);
  });

  it('ends at once where nothing was reported', async () => {
    expect(
      await reportsFirst(
        () => new Promise(() => {}),
        async () => 7,
      ),
    ).toBe(7);
  });
});
