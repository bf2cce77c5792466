import { describe, expect, it } from 'vitest';
import { figureToSvg } from '../node.js';
import { sweepFigure } from './sweep.js';

const run = (lr: string, cell: string, score: number) => ({ choices: { lr, cell }, score });

describe('sweepFigure', () => {
  it('has a row for each value of each option, numbers in their order, with the median of its runs', () => {
    const runs = [run('0.1', 'gru', 3), run('0.02', 'gru', 1), run('0.1', 'lstm', 5), run('0.02', 'lstm', 2)];
    const { description, plot } = sweepFigure(runs, { measure: 'perplexity' });
    expect(plot.y!.domain).toEqual(['lr 0.02', 'lr 0.1', 'cell gru', 'cell lstm']);
    expect(description).toBe(
      'lr 0.02: 1.500 in the middle. lr 0.1: 4.000 in the middle. cell gru: 2.000 in the middle. cell lstm: 3.500 in the middle.',
    );
    // Each run is in one row of each option.
    const svg = figureToSvg(sweepFigure(runs));
    expect(svg.match(/<circle/g)).toHaveLength(8);
  });

  it('groups many numbers into ranges, and leaves out runs without a score', () => {
    const runs = Array.from({ length: 21 }, (_, i) => run(String(20 - i), 'gru', i === 0 ? Number.NaN : i));
    expect(sweepFigure(runs).plot.y!.domain).toEqual([
      ...['lr 0 to 4', 'lr 5 to 9', 'lr 10 to 14', 'lr 15 to 19', 'cell gru'],
    ]);
  });

  it('spreads scores that differ much, and draws nothing of no runs', () => {
    expect(sweepFigure([run('1', 'gru', 2), run('2', 'gru', 300)]).plot.x!.type).toBe('log');
    expect(figureToSvg(sweepFigure([]))).toMatch(/^<svg/);
  });
});
