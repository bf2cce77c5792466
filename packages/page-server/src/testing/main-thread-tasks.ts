import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds by the clock. */
  readonly dur?: number;
  /** Microseconds of the thread's own computing. */
  readonly tdur?: number;
}

/** The tasks of a page's main thread, in milliseconds. */
export interface MainThreadTasks {
  readonly count: number;
  /** The longest by the time that the thread computed: what the page itself asks of it. */
  readonly longestCpu: number;
  /**
   * The longest by the clock, which grows with whatever else the machine does: with as many training threads as cores a task may
   * wait for its turn on one of them, or for the compositor's.
   */
  readonly longest: number;
  /** The time by the clock that nine of ten tasks of a millisecond and more stay below. */
  readonly ninetieth: number;
}

/** By which a page's main thread is known in a trace. */
const mark = 'main-thread-tasks';

/** What the main thread of a page did while something went on. */
export async function mainThreadTasks(
  browser: Browser,
  page: Page,
  meanwhile: () => Promise<void>,
): Promise<MainThreadTasks> {
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  await meanwhile();
  // The browser has pages of its own, whose main threads are none of this page's.
  await page.evaluate((name) => performance.mark(name), mark);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const thread = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const own = traceEvents.find(({ name }) => name === mark);
  if (own === undefined) throw new Error('the trace does not hold the mark of the page');
  const tasks = traceEvents.filter(
    (event) => event.ph === 'X' && event.name.endsWith('RunTask') && thread(event) === thread(own),
  );
  if (tasks.length === 0) throw new Error('the trace holds no task of the main thread');
  const sorted = (times: readonly (number | undefined)[]) =>
    times.map((time = 0) => time / 1000).sort((a, b) => a - b);
  const clock = sorted(tasks.map(({ dur }) => dur));
  const notable = clock.filter((time) => time >= 1);
  return {
    count: tasks.length,
    longestCpu: sorted(tasks.map(({ tdur }) => tdur)).at(-1)!,
    longest: clock.at(-1)!,
    ninetieth: notable[Math.floor(0.9 * notable.length)] ?? 0,
  };
}
