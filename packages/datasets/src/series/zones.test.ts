import { tzOffset } from '@date-fns/tz';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clockTime, instantsOf, zoneOffset } from './zones.js';

const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const time = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) });

it("an offset is the zone's own at every time, whatever was asked before", () => {
  fc.assert(
    fc.property(
      zone,
      time,
      fc.array(fc.integer({ min: 0, max: 4 * 86_400_000 }), { maxLength: 8 }),
      (name, from, later) => {
        for (const each of [from, ...later.map((distance) => from + distance)]) {
          expect(zoneOffset(name, each)).toBe(tzOffset(name, new Date(each)));
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('the times at which a clock shows a time are those at which it does', () => {
  fc.assert(
    fc.property(zone, time, (name, each) => {
      expect(instantsOf(clockTime(each, name), name)).toContain(each);
    }),
    { numRuns: 300 },
  );
});
