import { describe, expect, it } from 'vitest';
import { errorReport, formatNumber } from './report.js';

describe('errorReport', () => {
  const options = {
    series: { name: 'sine', length: 1000 },
    train: 604,
    origins: 333,
    horizons: [1, 64],
    models: [{ name: 'linear', errors: [0.04983, 12.5], seconds: 0.26 }],
  };

  it('puts the noise floor below the models where it is known', () => {
    const report = errorReport({ ...options, measure: 'MSE', noiseFloor: 0.04 });
    expect(report.headline).toBe(
      'sine: 1000 values, learned from the first 604; MSE of 333 forecasts after them',
    );
    expect(report.header).toEqual(['steps ahead', '1', '64', 'time']);
    expect(report.rows).toEqual([
      ['linear', '0.0498', '12.50', '0.3 s'],
      ['noise floor', '0.0400', '0.0400', ''],
    ]);
    expect(report.notes).toEqual([]);
  });

  it('says what a MASE of 1 is', () => {
    const { rows, notes } = errorReport({ ...options, measure: 'MASE' });
    expect(rows).toHaveLength(1);
    expect(notes).toEqual([
      'MASE: 1 is the error, on the training values, of repeating the value a season before.',
    ]);
  });
});

describe('formatNumber', () => {
  it.each([
    [0, '0.000'],
    [0.04983, '0.0498'],
    [12.345, '12.35'],
    [123456, '123456'],
    [1234567, '1.23e+6'],
    [-0.00012, '-1.20e-4'],
    [Number.NaN, '-'],
    [undefined, '-'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('%d: %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
