import type { SineExperiment } from '@throughtime/forecasting';
import { chapterHorizons } from '../core/compare-models.js';
import { kStepFigure, multiStepFigure, oneStepFigure } from '../core/figures.js';
import { writeFigure } from './write-figure.js';

/** One step ahead, freely running, and k steps ahead, as the chapter draws them. */
export async function saveFigures(folder: string, lags: string, result: SineExperiment): Promise<void> {
  const { model, values, oneStep, multiStep, multiStepStart, kStep } = result;
  // The chapter's times begin at 1.
  const points = (from: number, all: ArrayLike<number>) =>
    Array.from(all, (value, i) => ({ time: from + i + 1, value }));
  const data = points(0, values);
  const { cells, columns, rows, span } = kStep;
  const drawn = {
    model,
    origin: multiStepStart + 1,
    // A row's columns are the values at neighboring times: those it was told, then those it foretells.
    ahead: (step: number) => {
      const column = span + step - 1;
      if (step === 1) return points(span, oneStep);
      return points(
        column,
        Array.from({ length: rows }, (_, row) => cells[row * columns + column]),
      );
    },
    freeRunning: points(multiStepStart, multiStep.subarray(multiStepStart)),
  };
  const figures = {
    'one-step': oneStepFigure(data, drawn),
    'multi-step': multiStepFigure(data, drawn),
    'k-step': kStepFigure(data, drawn, { steps: chapterHorizons }),
  };
  for (const [name, figure] of Object.entries(figures))
    await writeFigure([folder], `${name}-lags-${lags}`, figure);
}
