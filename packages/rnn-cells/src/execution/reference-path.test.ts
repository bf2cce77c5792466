import { describe, expect, it } from 'vitest';
import { ReferencePathError } from '../errors.js';
import { onDemand } from './reference-path.js';

const entry = '@throughtime/rnn-cells/tfjs';

describe('a module on demand', () => {
  it('is imported when it is first needed, and once', async () => {
    const paths: string[] = [];
    const module = onDemand<{ answer: number }>({
      entry,
      path: '../tfjs.js',
      async load(path) {
        paths.push(path);
        module.provide({ answer: 42 });
      },
    });
    expect(paths).toEqual([]);
    expect((await module.load()).answer).toBe(42);
    await module.load();
    expect(paths).toEqual(['../tfjs.js']);
  });

  it('is not imported where the program has imported it', async () => {
    const load = () => Promise.reject(new Error('not to be called'));
    const module = onDemand<number>({ entry, path: '../tfjs.js', load });
    module.provide(7);
    expect(await module.load()).toBe(7);
  });

  it.each([
    [
      "Cannot find package '@tensorflow/tfjs-core' imported from x",
      'needs @tensorflow/tfjs-core: npm install',
    ],
    ['Failed to fetch dynamically imported module: http://a/tfjs.js', `add import '${entry}' to it`],
  ])('that cannot be imported (%s) says what is missing', async (message, said) => {
    const load = () => Promise.reject(new Error(message));
    const loading = onDemand<number>({ entry, path: '../tfjs.js', load }).load();
    await expect(loading).rejects.toThrow(ReferencePathError);
    await expect(loading).rejects.toThrow(said);
  });
});
