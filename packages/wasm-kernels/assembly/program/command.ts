// A program is a list of commands in shared memory. Every thread runs the whole list. A command's work is cut into tasks
// that threads claim from a counter, so a thread that comes late, or never, only leaves more for the others.

/** What every command starts with. Fields are 32-bit words in this order: the host writes them. */
@unmanaged
export class Command {
  /** Which operation: see dispatch.ts. */
  operation: i32;
  /** 1: all commands up to this one must be finished before the next starts; 0: the next may start at once. */
  join: i32;
  /** The next task to hand out (atomic). */
  claimed: i32;
  /** Tasks finished (atomic). */
  finished: i32;
  /** Tasks in all; each thread computes and writes the same number. */
  tasks: i32;
}

/** The words through which the host and the threads of one engine meet. */
@unmanaged
export class Control {
  /** Counts programs; idle workers sleep on it. */
  doorbell: i32;
  /** 1 while a program may be entered. */
  open: i32;
  /** Workers inside the program. */
  active: i32;
  program: i32;
  /** Threads that the program's partition is made for: the host and participants - 1 workers. */
  participants: i32;
  /** 1 after a thread trapped. */
  failed: i32;
  /** Threads asleep in `awaitTasks` or `awaitWorkers`. */
  sleepers: i32;
  /** The size of the memory in pages. A thread must see all of it before it enters. */
  pages: i32;
  /** Counts signs of life from tasks that may last (atomic). */
  pulse: i32;
  /** Number of sleeps without a sign of life from any thread after which a thread counts as dead. */
  patience: i32;
  /** 1 where pairs of vectors become wide ones: products go by pairs of panels. */
  wide: i32;
}

export let control: Control = changetype<Control>(0);
/** This thread's own memory: packed blocks and tiles. */
export let scratch: usize = 0;
let threadIndex: i32 = 0;

export function initialize(controlAddress: usize, scratchAddress: usize, index: i32): void {
  control = changetype<Control>(controlAddress);
  scratch = scratchAddress;
  threadIndex = index;
}

// @ts-ignore: decorator
@inline
export function participants(): i32 {
  return control.participants;
}

/** The next task of `command`; there is one only if the result is below `command.tasks`. */
export function claim(command: Command): i32 {
  return atomic.add<i32>(changetype<usize>(command) + offsetof<Command>('claimed'), 1);
}

export function finish(command: Command): void {
  const address = changetype<usize>(command) + offsetof<Command>('finished');
  const finished = atomic.add<i32>(address, 1) + 1;
  if (finished === command.tasks) wake(address);
}

/** As `finish`, for tasks that come in steps of `perStep`: whoever waits for a step's end is woken then. */
export function finishStep(command: Command, perStep: i32): void {
  const address = changetype<usize>(command) + offsetof<Command>('finished');
  const finished = atomic.add<i32>(address, 1) + 1;
  if (finished % perStep === 0) wake(address);
}

function wake(address: usize): void {
  const sleepers = changetype<usize>(control) + offsetof<Control>('sleepers');
  if (atomic.load<i32>(sleepers) > 0) atomic.notify(address, -1);
}

// Long enough to cover the usual difference between two threads' last tasks, short enough to waste little.
const SPINS: i32 = 20000;
const SLEEP_NANOSECONDS: i64 = 50_000_000;
/** Shorter sleeps do not count. Before sleeps were timed, one run in forty gave up after half a second on a loaded machine. */
const LEAST_MILLISECONDS: f64 = 25;
/** Steps of a sequence between two signs of life: at most seconds apart, yet rare enough to cost nothing. */
const BEAT: i32 = 64;

/** The host's clock, in milliseconds. */
@external('env', 'now')
declare function now(): f64;

/** A task that walks through a sequence calls this at every step, to show that its thread is alive. It may take minutes. */
// @ts-ignore: decorator
@inline
export function beat(step: i32): void {
  if (step % BEAT === 0) atomic.add<i32>(changetype<usize>(control) + offsetof<Control>('pulse'), 1);
}

/**
 * Waits until the word at `address` is `value`, or with `orMore` at least that. False: a thread failed, or no thread gave a sign of
 * life for too long.
 */
function awaitValue(address: usize, value: i32, orMore: bool): bool {
  for (let i = 0; i < SPINS; i++) if (isThere(atomic.load<i32>(address), value, orMore)) return true;
  const failed = changetype<usize>(control) + offsetof<Control>('failed');
  const sleepers = changetype<usize>(control) + offsetof<Control>('sleepers');
  atomic.add<i32>(sleepers, 1);
  const pulse = changetype<usize>(control) + offsetof<Control>('pulse');
  let patience = control.patience;
  let heard = atomic.load<i32>(pulse);
  let seen = atomic.load<i32>(address);
  while (!isThere(seen, value, orMore) && patience > 0 && atomic.load<i32>(failed) === 0) {
    const started = now();
    atomic.wait<i32>(address, seen, SLEEP_NANOSECONDS);
    const slept = now() - started >= LEAST_MILLISECONDS;
    const current = atomic.load<i32>(address);
    const beats = atomic.load<i32>(pulse);
    patience = current === seen && beats === heard ? patience - i32(slept) : control.patience;
    seen = current;
    heard = beats;
  }
  atomic.sub<i32>(sleepers, 1);
  return isThere(seen, value, orMore);
}

// @ts-ignore: decorator
@inline
function isThere(seen: i32, value: i32, orMore: bool): bool {
  return orMore ? seen >= value : seen === value;
}

export function awaitTasks(command: Command): bool {
  return awaitValue(changetype<usize>(command) + offsetof<Command>('finished'), command.tasks, false);
}

/** Waits until `count` tasks of a command are finished, with more of them under way. */
export function awaitSteps(command: Command, count: i32): bool {
  return awaitValue(changetype<usize>(command) + offsetof<Command>('finished'), count, true);
}

/** Called by the host after closing the program: until every worker that entered has left. */
export function awaitWorkers(): bool {
  return awaitValue(changetype<usize>(control) + offsetof<Control>('active'), 0, false);
}

export function enter(): bool {
  const active = changetype<usize>(control) + offsetof<Control>('active');
  atomic.add<i32>(active, 1);
  if (
    atomic.load<i32>(changetype<usize>(control) + offsetof<Control>('open')) === 1 &&
    threadIndex < control.participants &&
    // A thread sees memory that another thread grew only a little later, and traps on it until then. It skips this program.
    memory.size() >= control.pages
  ) {
    return true;
  }
  leave();
  return false;
}

export function leave(): void {
  const active = changetype<usize>(control) + offsetof<Control>('active');
  if (atomic.sub<i32>(active, 1) === 1) wake(active);
}
