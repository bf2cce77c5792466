import { expect, it } from 'vitest';
import { __camelName__ } from './__name__.js';

it('gives its argument back', () => {
  expect(__camelName__('time')).toBe('time');
});
