import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAxis } from './axis.js';
import { runsOf } from './plan.js';

const plan = (vary: string[], random?: { runs: number; seed: number }) => ({
  ...{ command: 'square measure', args: [], vary, ...(random && { random }) },
});

describe('parseAxis', () => {
  it('reads values, values with commas, and ranges', () => {
    expect(parseAxis('--lr=0.1, 0.2')).toEqual({ option: 'lr', values: ['0.1', '0.2'] });
    expect(parseAxis('hidden=64;64,32')).toEqual({ option: 'hidden', values: ['64', '64,32'] });
    expect(parseAxis('corpus=../a.txt,b=c.txt')).toEqual({
      option: 'corpus',
      values: ['../a.txt', 'b=c.txt'],
    });
    expect(parseAxis('n=-2..8')).toEqual({ option: 'n', from: -2, to: 8, log: false, whole: true });
    expect(parseAxis('lr=log:1e-4..0.1')).toEqual({
      option: 'lr',
      from: 1e-4,
      to: 0.1,
      log: true,
      whole: false,
    });
    expect(parseAxis('p=0.0..1')).toMatchObject({ whole: false });
  });

  it.each([
    ['lr', /Expected an option and its values/],
    ['lr=', /with an empty one/],
    ['lr=1,,2', /with an empty one/],
    ['lr=1,2,1', /got '1' twice/],
    ['lr=2..1', /from a number to a larger one/],
    ['lr=log:0..1', /begin above 0/],
    ['n=1..99999999999999999', /below 2\^53/],
  ])('refuses %s', (text, problem) => {
    expect(() => parseAxis(text)).toThrow(problem);
  });
});

describe('runsOf', () => {
  it('makes every combination, the last option fastest', () => {
    expect(runsOf(plan(['a=1,2', 'b=x,y'])).map(({ choices }) => choices)).toEqual([
      ...[
        { a: '1', b: 'x' },
        { a: '1', b: 'y' },
        { a: '2', b: 'x' },
        { a: '2', b: 'y' },
      ],
    ]);
  });

  it('draws combinations that differ, the same ones from the same seed, within their ranges', () => {
    const axes = fc.record({
      from: fc.integer({ min: 1, max: 50 }),
      size: fc.integer({ min: 1, max: 500 }),
      log: fc.boolean(),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(axes, ({ from, size, log, seed }) => {
        const axis = `n=${log ? 'log:' : ''}${from}..${from + size}`;
        const made = plan([axis, 'p=0.0..0.5'], { runs: 20, seed });
        const runs = runsOf(made);
        expect(runsOf(made)).toEqual(runs);
        expect(new Set(runs.map(({ choices }) => JSON.stringify(choices))).size).toBe(20);
        for (const { choices } of runs) {
          expect(Number.isInteger(Number(choices.n))).toBe(true);
          expect(Number(choices.n)).toBeGreaterThanOrEqual(from);
          expect(Number(choices.n)).toBeLessThanOrEqual(from + size);
          expect(Number(choices.p)).toBeLessThanOrEqual(0.5);
        }
      }),
    );
  });

  it('draws both ends of whole numbers as often as those between', () => {
    const runs = runsOf(plan(['n=1..4', 'p=0.0..1'], { runs: 4000, seed: 5 }));
    for (const n of ['1', '2', '3', '4']) {
      // 1000 expected with a deviation of 27.
      expect(Math.abs(runs.filter(({ choices }) => choices.n === n).length - 1000)).toBeLessThan(140);
    }
  });

  it('draws every combination where as many runs are asked for', () => {
    const runs = runsOf(plan(['a=1,2,3', 'n=0..2'], { runs: 9, seed: 1 }));
    expect(new Set(runs.map(({ choices }) => `${choices.a}${choices.n}`)).size).toBe(9);
  });

  it.each([
    [plan(['n=1..3']), /random: expected a number of runs to draw/],
    [plan(['a=1,2', 'b=1,2'], { runs: 5, seed: 1 }), /at most 4, as many as there are combinations/],
    [plan(['a=1.0..1.00001'], { runs: 9, seed: 1 }), /no more combinations differ/],
    [
      plan(Array.from('abcdefghijklmn', (name) => `${name}=1,2`)),
      /vary: expected at most 10,000 combinations/,
    ],
  ])('refuses what cannot be run', (made, problem) => {
    expect(() => runsOf(made)).toThrow(problem);
  });
});
