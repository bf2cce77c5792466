import { tzOffset } from '@date-fns/tz';
import { type Check, check } from '@throughtime/errors';

// Times are milliseconds since 1970-01-01 UTC. A clock's time is what a clock on the wall shows, written as if it were UTC: arithmetic
// with days and months is plain there.

const fixedOffset = /^([+-])(\d{2}):?(\d{2})?$/;
const minute = 60_000;

/** The check of an option that must name a time zone. */
export const zoneCheck: Check<string> = check(
  "a time zone such as 'Europe/Berlin', 'UTC' or '+01:00'",
  (value) => typeof value === 'string' && isZone(value),
);

function isZone(zone: string): boolean {
  if (fixedOffset.test(zone)) return true;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * How far a zone's clock is ahead of UTC at a time, in minutes.
 * @param zone its name (`Europe/Berlin`) or its offset (`+01:00`)
 */
export function zoneOffset(zone: string, time: number): number {
  const match = fixedOffset.exec(zone);
  if (match === null) return namedOffset(zone, time);
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

const stretch = 2 * 1440 * minute;
/** Offsets that are asked for again and again, by zone and number of the stretch that they are in force at the start of. */
const knownOffsets = new Map<string, Map<number, number>>();
const mostKnown = 100_000;

/** As offsets change at most once within two days, one that is in force at both ends of a stretch is in force in between. */
function namedOffset(zone: string, time: number): number {
  const at = Math.floor(time / stretch);
  const before = offsetAtStart(zone, at);
  return before === offsetAtStart(zone, at + 1) ? before : tzOffset(zone, new Date(time));
}

function offsetAtStart(zone: string, at: number): number {
  let offsets = knownOffsets.get(zone);
  if (offsets === undefined) {
    offsets = new Map();
    knownOffsets.set(zone, offsets);
  }
  let offset = offsets.get(at);
  if (offset === undefined) {
    offset = tzOffset(zone, new Date(at * stretch));
    if (offsets.size >= mostKnown) offsets.clear();
    offsets.set(at, offset);
  }
  return offset;
}

/** What the zone's clock shows at a time. */
export function clockTime(time: number, zone: string): number {
  return time + zoneOffset(zone, time) * minute;
}

/**
 * When the zone's clock shows a time: the earlier time where it shows it twice, and where daylight saving skips it, as much later as the
 * clock was moved.
 */
export function instantOf(clock: number, zone: string): number {
  const [first, second] = instantsOf(clock, zone);
  return first ?? second ?? clock - zoneOffset(zone, clock - 1440 * minute) * minute;
}

/** All the times at which the zone's clock shows a time: one, two where it is set back, none where it is set forward. */
export function instantsOf(clock: number, zone: string): number[] {
  // Offsets change at most once within these two days, and stay in force for longer.
  const offsets = [zoneOffset(zone, clock - 1440 * minute), zoneOffset(zone, clock + 1440 * minute)];
  const instants = [...new Set(offsets)].map((offset) => clock - offset * minute);
  return instants.filter((time) => clockTime(time, zone) === clock).sort((a, b) => a - b);
}

/** `Z`, or an offset as ISO 8601 writes it. */
export function formatOffset(zone: string, time: number): string {
  const minutes = zoneOffset(zone, time);
  if (minutes === 0 && !fixedOffset.test(zone)) return zone === 'UTC' ? 'Z' : '+00:00';
  // Before standard time, zones were minutes and seconds apart, which no offset of ISO 8601 holds.
  const size = Math.round(Math.abs(minutes));
  const digits = (count: number) => String(count).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}
