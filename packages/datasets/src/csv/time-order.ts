import { type DecidingOption, SeriesFormatError, UndecidedFormatError } from '../series/series-errors.js';
import { formatTimestamp, type WrittenTime } from '../series/timestamps.js';
import { instantOf, instantsOf, zoneOffset } from '../series/zones.js';

// The rows of a series in the order of their times, and the zone whose clock the times are on.

/** Rows from the oldest to the newest, with their times. */
export interface OrderedRows {
  /** Rows of the table. */
  readonly rows: readonly number[];
  /** In milliseconds UTC; undefined where rows have no times. */
  readonly times?: Float64Array;
  readonly zone?: string | undefined;
}

export interface OrderOptions {
  /** The columns of times, for messages. */
  readonly label: string;
  /** Where a row of the table stands, for messages. */
  readonly where: (row: number) => string;
  readonly sort?: boolean | undefined;
  readonly zone?: string | undefined;
  /** The ways to choose one series, where times come again because the table has several. */
  readonly waysToChoose: (rows: readonly number[], times: Float64Array) => readonly DecidingOption[];
}

/**
 * Puts rows in order.
 * @param rows those of the table that are one series
 * @param column the times of all rows of the table
 * @throws UndecidedFormatError for rows in no order, times that come again, and zones that are not certain
 */
export function inOrder(
  rows: readonly number[],
  column: readonly WrittenTime[],
  options: OrderOptions,
  notes: string[],
): OrderedRows {
  const { label, where } = options;
  // Local times are in the order of their instants, not of what the clock showed: an hour that it shows twice would be mixed.
  const certain = localTimes(
    rows.map((row) => column[row]),
    { label, zone: options.zone, where: (place) => where(rows[place]) },
  );
  const instants = Float64Array.from(certain, standing);
  const places = [...rows.keys()];
  const newestFirst =
    rows.length > 1 && places.every((place) => place === 0 || instants[place] < instants[place - 1]);
  if (newestFirst) {
    places.reverse();
    notes.push('newest first: reversed');
  } else if (options.sort && !isIncreasing(instants)) {
    places.sort((a, b) => instants[a] - instants[b]);
    if (places.some((from, place) => from !== place)) notes.push('sorted by time');
  }
  const order = places.map((place) => rows[place]);
  const written = places.map((place) => certain[place]);
  const { times, zone } = inZone(written, {
    ...{ label, notes, zone: options.zone },
    where: (place) => where(order[place]),
  });
  for (let place = 1; place < times.length; place++) {
    if (!(times[place] > times[place - 1]))
      throw disordered({ rows: order, times, zone }, place, { written, options });
  }
  return { rows: order, times, zone };
}

/** The times with the offsets of the zone's clock, where they are written without; as they are where no zone is named. */
function localTimes(
  written: readonly WrittenTime[],
  { zone, ...options }: Pick<ZoneOptions, 'label' | 'where' | 'zone'>,
): readonly WrittenTime[] {
  if (zone === undefined || written.every(({ offset }) => offset !== undefined)) return written;
  const times = instantsInZone(written, zone, options);
  return written.map(({ clock }, place) => ({ clock, offset: (clock - times[place]) / 60_000 }));
}

/** Local times as times in UTC, in whatever order they are. */
function instantsInZone(
  written: readonly WrittenTime[],
  zone: string,
  options: Pick<ZoneOptions, 'label' | 'where'>,
): Float64Array {
  const forward = ofClock(written, zone, options);
  if (isIncreasing(forward)) return forward;
  const where = (place: number) => options.where(written.length - 1 - place);
  const backward = ofClock(written.toReversed(), zone, { ...options, where });
  if (isIncreasing(backward)) return backward.reverse();
  // In no order: of two rows with one time, the clock showed the one first that the direction of most rows says.
  const steps = forward.reduce((sum, time, place) => sum + Math.sign(time - (forward[place - 1] ?? time)), 0);
  const newestFirst = steps < 0;
  const seen = new Map<number, number>();
  const times = forward.slice();
  const places = [...written.keys()];
  for (const place of newestFirst ? places.reverse() : places) {
    const { clock, offset } = written[place];
    if (offset !== undefined) continue;
    const instants = instantsOf(clock, zone);
    const before = seen.get(clock) ?? 0;
    seen.set(clock, before + 1);
    if (instants.length > 1) times[place] = instants[Math.min(before, 1)];
  }
  return times;
}

function isIncreasing(times: Float64Array): boolean {
  return times.every((time, place) => place === 0 || time > times[place - 1]);
}

function standing({ clock, offset = 0 }: WrittenTime): number {
  return clock - offset * 60_000;
}

/** The error for a row that is not later than the one before it, with the options that help. */
function disordered(
  { rows, times, zone }: Required<OrderedRows>,
  place: number,
  { written, options }: { readonly written: readonly WrittenTime[]; readonly options: OrderOptions },
): SeriesFormatError {
  const { where } = options;
  const same = times[place] === times[place - 1];
  const stamp = same ? formatTimestamp(written[place].clock) : formatTimestamp(times[place], undefined, zone);
  const problem = same
    ? `time: ${where(rows[place])} (${stamp}) has the same time as ${where(rows[place - 1])}`
    : `time: ${where(rows[place])} (${stamp}) is earlier than the row before it`;
  const ways = options.waysToChoose(rows, times);
  if (ways.length > 0) return new UndecidedFormatError(problem, ways);
  if (!same && new Set(times).size === times.length)
    return new UndecidedFormatError(problem, [['sort', true]]);
  const local = options.zone === undefined && written.every(({ offset }) => offset === undefined);
  return new UndecidedFormatError(problem, [
    // Where clocks are set back they show an hour twice.
    ...(local && stamp.includes('T') ? ([['zone', 'Europe/Berlin']] as DecidingOption[]) : []),
    ['time', false],
  ]);
}

interface ZoneOptions {
  /** The columns of times, for messages. */
  readonly label: string;
  /** Where a row stands, for messages. */
  readonly where: (row: number) => string;
  readonly zone: string | undefined;
  readonly notes: string[];
}

/** Times in milliseconds UTC, and the zone whose clock they are on. Where one is named, all have their offsets. */
function inZone(
  written: readonly WrittenTime[],
  { label, where, zone, notes }: ZoneOptions,
): { readonly times: Float64Array; readonly zone: string | undefined } {
  const bare = written.findIndex(({ offset }) => offset === undefined);
  const zoned = written.findIndex(({ offset }) => offset !== undefined);
  if (bare >= 0 && zoned >= 0) {
    throw new UndecidedFormatError(
      `${label}: expected a zone at every time or at none, got none at ${where(bare)}`,
      [
        ['zone', 'Europe/Berlin'],
        ['time', false],
      ],
    );
  }
  if (zoned < 0) return { times: Float64Array.from(written, ({ clock }) => clock), zone };
  const times = Float64Array.from(written, standing);
  const offsets = [...new Set(written.map(({ offset }) => offset!))];
  if (zone !== undefined) return { times, zone };
  if (offsets.length === 1) return { times, zone: offsetZone(offsets[0]) };
  return changingOffsets(written, times, { label, offsets, notes });
}

function offsetZone(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const digits = (count: number) => String(count).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}

/** Local times as times in UTC; those with an offset are certain. The hour that a clock shows twice is the earlier one first. */
function ofClock(
  written: readonly WrittenTime[],
  zone: string,
  { label, where }: Pick<ZoneOptions, 'label' | 'where'>,
): Float64Array {
  const areDates = written.every(({ clock }) => clock % 86_400_000 === 0);
  let before = Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  return Float64Array.from(written, (time, row) => {
    const { clock, offset } = time;
    if (offset !== undefined) return standing(time);
    const shown = instantsOf(clock, zone);
    // Where daylight saving skips midnight, the day begins with the first hour that there is.
    const instants = shown.length === 0 && areDates ? [instantOf(clock, zone)] : shown;
    if (instants.length === 0) {
      throw new SeriesFormatError(
        `${label}: expected a time that the clock of ${zone} shows, got ${formatTimestamp(clock)}, which daylight saving skips, at ${where(row)}`,
      );
    }
    // The second of two equal hours begins where the clock goes back, or is still in it.
    const second = instants.length > 1 && (clock <= before || latest >= instants[0]);
    before = clock;
    latest = instants[second ? 1 : 0];
    return latest;
  });
}

/**
 * Times whose offsets change are a zone's, which they do not name. Dates need no zone: their clock's days are taken. For hours it is found
 * where all zones with these offsets agree on the year that follows, too.
 * @throws UndecidedFormatError where they do not
 */
function changingOffsets(
  written: readonly WrittenTime[],
  times: Float64Array,
  {
    label,
    offsets,
    notes,
  }: { readonly label: string; readonly offsets: readonly number[]; readonly notes: string[] },
): { readonly times: Float64Array; readonly zone: string | undefined } {
  const clock = Float64Array.from(written, (each) => each.clock);
  const shown = offsets.map(offsetZone).join(' and ');
  const increasing = clock.every((time, row) => row === 0 || time > clock[row - 1]);
  const dates = clock.every((time) => (time - clock[0]) % 86_400_000 === 0);
  if (dates && increasing) {
    notes.push(`offsets ${shown}: local dates`);
    return { times: clock, zone: undefined };
  }
  const zones = zonesWith(written, times);
  const ahead = Array.from({ length: 53 }, (_, week) => times[times.length - 1] + week * 7 * 86_400_000);
  const [first, ...others] = zones.map((zone) => ahead.map((time) => zoneOffset(zone, time)).join());
  if (first !== undefined && others.every((one) => one === first)) {
    notes.push(`offsets ${shown}: the clock of ${zones[0]}`);
    return { times, zone: zones[0] };
  }
  throw new UndecidedFormatError(
    `${label}: offsets change (${shown}), and no zone is named`,
    (zones.length > 0 ? zones.slice(0, 3) : ['Europe/Berlin']).map((zone) => ['zone', zone]),
  );
}

/** Zones that many people live in, which are named before others with the same clock. */
const wellKnown = [
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Chicago',
  'America/Los_Angeles',
  'Australia/Sydney',
];

function zonesWith(written: readonly WrittenTime[], times: Float64Array): string[] {
  // Where offsets change, on both sides, they tell more than anywhere else.
  const telling = written.flatMap(({ offset }, row) => {
    const changes = row > 0 && offset !== written[row - 1].offset;
    return changes ? [row - 1, row] : row === 0 || row === written.length - 1 ? [row] : [];
  });
  const rows = telling.slice(0, 40);
  return [...new Set([...wellKnown, ...Intl.supportedValuesOf('timeZone')])].filter((zone) =>
    rows.every((row) => zoneOffset(zone, times[row]) === written[row].offset),
  );
}
