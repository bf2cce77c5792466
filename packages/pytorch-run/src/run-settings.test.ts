import { adamW, nonMonotonicAveragedSgd, sgd } from '@throughtime/bptt-trainer';
import { describe, expect, it } from 'vitest';
import { pythonFiles } from './python-files.js';
import { encodeRun, optimizerSettings, type PytorchRun } from './run-settings.js';

describe('optimizerSettings', () => {
  it('has the numbers that the rule computes with', () => {
    expect(optimizerSettings(sgd(0.5, { momentum: 0.9, weightDecay: 0.1 }))).toEqual({
      rule: 'sgd',
      learningRate: 0.5,
      weightDecay: 0.1,
      settings: { momentum: 0.9, nesterov: false },
    });
    expect(optimizerSettings(adamW(0.01)).settings).toEqual({
      ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decoupled: true },
    });
  });

  it('says null where averaging waits for a trigger: JSON has no infinity', () => {
    const { settings, averageAfter } = optimizerSettings(nonMonotonicAveragedSgd(30));
    expect(settings.startAt).toBeNull();
    expect(averageAfter).toBe(5);
  });
});

describe('encodeRun', () => {
  it('names its format and version', () => {
    const run = { epochs: 3, seed: 1 } as PytorchRun;
    expect(JSON.parse(encodeRun(run))).toEqual({
      ...{ format: 'throughtime-pytorch-run', version: 1, epochs: 3, seed: 1 },
    });
  });
});

describe('pythonFiles', () => {
  it.each(['language model', 'forecaster'] as const)(
    'has every file that one of a %s imports, and asks for torch, numpy and safetensors beside Python’s own',
    async (kind) => {
      const files = new Map(
        (await pythonFiles(kind)).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
      );
      expect(files.has('train.py')).toBe(true);
      const known = new Set([...files.keys()].map((name) => name.replace('.py', '')));
      const own = ['torch', 'numpy', 'safetensors'];
      const standard =
        '__future__ argparse collections dataclasses datetime hashlib json math os pathlib platform re signal sys time typing'.split(
          ' ',
        );
      for (const [name, text] of files) {
        const imported = [...text.matchAll(/^(?:from|import) ([a-z_]+)/gm)].map((match) => match[1]);
        expect(imported.length, name).toBeGreaterThan(0);
        for (const module of imported) {
          expect([...known, ...own, ...standard], `${name} imports ${module}`).toContain(module);
        }
      }
    },
  );
});
