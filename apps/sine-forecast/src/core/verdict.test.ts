import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baselineInWords, coverageVerdict, verdictInWords, verdictOf } from './verdict.js';

const line = (name: string, errors: readonly number[]) => ({ name, errors });

describe('verdictOf', () => {
  const naive = line('naive', [2, 2, 2, 2]);
  it.each([
    [[1, 1, 1, 1.5], { gain: 0.5, lastGain: 0.25, outcome: { kind: 'wins' } }],
    [[3, 3, 3, 2], { gain: -0.5, lastGain: 0, outcome: { kind: 'loses' } }],
    [[1, 1, 1, 3], { gain: 0.5, lastGain: -0.5, outcome: { kind: 'wins-first', turn: 4 } }],
    [[3, 1, 1, 1], { gain: -0.5, lastGain: 0.5, outcome: { kind: 'loses-first', turn: 2 } }],
    [[1, 3, 1, 1], { gain: 0.5, lastGain: 0.5, outcome: { kind: 'mixed', better: 3 } }],
  ])('of errors %j beside 2 throughout', (errors, expected) => {
    expect(verdictOf(line('gru', errors), [naive])).toEqual({
      model: 'gru',
      baseline: 'naive',
      steps: 4,
      count: 4,
      ...expected,
    });
  });

  it('names the horizons that were judged', () => {
    const verdict = verdictOf(line('gru', [1, 1, 3, 3]), [naive], [1, 4, 16, 64]);
    expect(verdict).toMatchObject({ steps: 64, count: 4, outcome: { kind: 'wins-first', turn: 16 } });
  });

  it.each([
    [[1, 1, 3, 3], 'GRU beats repeating the last value by 50% one day ahead, and loses to it from day 3.'],
    [[3, 1, 1, 1], 'GRU loses to repeating the last value by 50% one day ahead, and beats it from day 2.'],
    [
      [1, 1, 1, 1.5],
      'GRU beats repeating the last value at every horizon: by 50% one day ahead and by 25% 4 days ahead.',
    ],
    [
      [1, 3, 1, 1],
      'GRU beats repeating the last value by 50% one day ahead; of 4 horizons it is better at 3.',
    ],
    [
      [2.5],
      'GRU loses to repeating the last value at every horizon: by 25% one day ahead. What learns nothing does better.',
    ],
  ])('of errors %j is said in a sentence', (errors, sentence) => {
    const verdict = verdictOf(line('gru', errors), [
      line(
        'naive',
        errors.map(() => 2),
      ),
    ])!;
    const percent = (share: number) => `${100 * share}%`;
    expect(verdictInWords(verdict, { model: 'GRU', unit: 'day', percent })).toBe(sentence);
  });

  it('says what a baseline does', () => {
    expect(baselineInWords('seasonal-naive(7)', 'day')).toBe('repeating last week');
    expect(baselineInWords('seasonal-naive(12)', 'month')).toBe('repeating last year');
    expect(baselineInWords('seasonal-naive(7)', 'hour')).toBe('repeating the value 7 hours before');
  });

  it('takes the baseline that is best one step ahead', () => {
    const seasonal = line('seasonal-naive(7)', [1.5, 3, 3, 3]);
    expect(verdictOf(line('gru', [1, 1, 1, 1]), [naive, seasonal])?.baseline).toBe('seasonal-naive(7)');
  });

  it('says nothing where nothing can be measured', () => {
    const unknown = [Number.NaN, 1, 1, 1];
    expect(verdictOf(line('gru', unknown), [naive])).toBeUndefined();
    expect(verdictOf(line('gru', [1, 1, 1, 1]), [line('naive', unknown)])).toBeUndefined();
    // A baseline without errors cannot be beaten by a share of them.
    expect(verdictOf(line('gru', [1]), [line('naive', [0])])).toBeUndefined();
    expect(verdictOf(line('gru', [1]), [])).toBeUndefined();
  });

  it('agrees with each step, whatever the errors are', () => {
    const errors = fc.array(fc.double({ min: 0.1, max: 9, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(errors, (own) => {
        const base = own.map(() => 3);
        const verdict = verdictOf(line('gru', own), [line('naive', base)])!;
        const isBetter = own.map((error) => error < 3);
        const { outcome } = verdict;
        const said = own.map((_, i) => {
          if (outcome.kind === 'mixed') return isBetter[i];
          if (outcome.kind === 'wins' || outcome.kind === 'loses') return outcome.kind === 'wins';
          return i + 1 < outcome.turn === (outcome.kind === 'wins-first');
        });
        expect(said).toEqual(isBetter);
        if (outcome.kind === 'mixed') expect(outcome.better).toBe(isBetter.filter(Boolean).length);
      }),
    );
  });
});

describe('coverageVerdict', () => {
  it.each([
    [0.9, 'as promised'],
    [0.85, 'as promised'],
    [0.95, 'as promised'],
    [0.84, 'too narrow'],
    [0.96, 'too wide'],
    [Number.NaN, 'unknown'],
  ])('%d of 0.9 is %s', (measured, verdict) => {
    expect(coverageVerdict(measured, 0.9)).toBe(verdict);
  });
});
