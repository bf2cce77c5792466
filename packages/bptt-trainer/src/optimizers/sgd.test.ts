import { expect, it } from 'vitest';
import { describeAgainstPytorch } from '../fixtures/pytorch.js';
import { isBias } from './parameter-groups.js';
import { sgd } from './sgd.js';

describeAgainstPytorch(/^(sgd|momentum|nesterov)/, {
  sgd: sgd(0.1),
  'sgd decay': sgd(0.1, { weightDecay: 0.2 }),
  momentum: sgd(0.1, { momentum: 0.9, weightDecay: 0.05 }),
  nesterov: sgd(0.1, { momentum: 0.8, nesterov: true, weightDecay: 0.05 }),
});

it('sgd names options that cannot be', () => {
  expect(() => sgd(-1)).toThrow('learningRate: expected a finite number of at least 0, got -1');
  expect(() => sgd(Number.NaN)).toThrow('got NaN');
  expect(() => sgd(1, { momentum: 1 })).toThrow(
    'momentum: expected a number of at least 0 and below 1, got 1',
  );
  expect(() => sgd(1, { nesterov: true })).toThrow('momentum: expected a number above 0 with nesterov');
  expect(() => sgd(1, { momentm: 0.9 } as never)).toThrow("(did you mean 'momentum'?)");
  expect(() => sgd(1, { groups: [{ match: isBias, learningRate: -1 }] })).toThrow('groups[0].learningRate');
  expect(() => sgd(1, { groups: [{ match: isBias, rate: 1 }] } as never)).toThrow('groups[0].rate: expected');
  expect(() => sgd(1, { groups: { match: isBias } } as never)).toThrow('groups: expected a list of items');
});
