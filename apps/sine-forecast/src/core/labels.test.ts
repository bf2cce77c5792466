import { describe, expect, it } from 'vitest';
import { columnTitle, modelTitle } from './labels.js';
import { modelNames } from './models.js';

describe('modelTitle', () => {
  it.each([
    ['gru', 'GRU'],
    ['ar(28)', 'AR(28)'],
    ['linear(4)', 'Linear (4)'],
    ['seasonal-naive(12)', 'Seasonal naive (12)'],
    ['arima(1,0,1)(0,1,1)[12]', 'ARIMA(1,0,1)(0,1,1)[12]'],
    ['of my own', 'of my own'],
    ['', ''],
  ])('%s is %s', (name, title) => {
    expect(modelTitle(name)).toBe(title);
  });

  it('knows every model of the command', () => {
    expect(modelNames.filter((name) => !/^[A-Z]/.test(modelTitle(name)))).toEqual([]);
  });
});

describe('columnTitle', () => {
  it('says what an embedded column holds; others go by their own names', () => {
    expect(columnTitle('us-births', 'births')).toBe('Births per day');
    expect(columnTitle('seattle-weather', 'temp_max')).toBe('Highest temperature, °C');
    expect(columnTitle('sales.csv', 'units')).toBe('units');
  });
});
