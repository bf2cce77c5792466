import { messageForCommand, UsageError } from '@throughtime/command-line';
import { isUserError, nearestName } from '@throughtime/errors';
import { type Command, CommanderError, type Option } from 'commander';
import { type Axis, isRange } from './axis.js';
import { choicesInWords, type PlannedRun } from './plan.js';
import type { SweepTarget } from './target.js';

/** What a flag (an option without a value) is varied by. */
const flagValues: Readonly<Record<string, boolean>> = { yes: true, no: false };

/** Says in time which axis or argument the command does not have. @throws UsageError */
export function checkAxes(axes: readonly Axis[], args: readonly string[], target: SweepTarget): void {
  const command = target.command();
  const name = `${target.program} ${command.name()}`;
  const given = readOptions(command, args);
  const refused = refusedBy(target);
  for (const option of refused) {
    if (given.includes(option))
      throw new UsageError(
        `--${option}: expected none after --, since the sweep decides it for each run of ${name}`,
      );
  }
  const seen = new Set<string>();
  for (const axis of axes) {
    const { option } = axis;
    const known = command.options
      .map(({ long }) => long?.slice(2) ?? '')
      .filter((long) => !refused.includes(long));
    if (!known.includes(option)) {
      const nearest = nearestName(option, known);
      throw new UsageError(
        `--vary: expected an option of ${name} that runs may differ in, got '${option}'${nearest ? `; did you mean '${nearest}'?` : ''}`,
      );
    }
    if (seen.has(option)) throw new UsageError(`--vary: expected each option once, got '${option}' twice`);
    seen.add(option);
    if (given.includes(option))
      throw new UsageError(`--vary: expected an option that is not given after --, too, got '${option}'`);
    if (!optionOf(command, option)?.isBoolean()) continue;
    const values = isRange(axis) ? [] : axis.values;
    if (values.length === 0 || values.some((value) => flagValues[value] === undefined))
      throw new UsageError(`--vary: expected yes, no or both for the flag '${option}'`);
  }
}

/**
 * The arguments of a run, but for its folder.
 * @param threads where the command has that option and neither the arguments nor the run name it
 */
export function argumentsOf(
  run: PlannedRun,
  args: readonly string[],
  target: SweepTarget,
  threads?: number,
): readonly string[] {
  const command = target.command();
  const varied = Object.entries(run.choices).flatMap(([option, value]) => {
    if (!optionOf(command, option)?.isBoolean()) return [`--${option}=${value}`];
    return flagValues[value] ? [`--${option}`] : [];
  });
  const takesThreads =
    threads !== undefined &&
    optionOf(command, 'threads') !== undefined &&
    run.choices.threads === undefined &&
    !readOptions(command, args).includes('threads');
  return [...args, ...varied, ...(takesThreads ? [`--threads=${threads}`] : [])];
}

/** @returns the options of a run, as its command reads them. @throws UsageError */
export function optionsOf(
  run: PlannedRun,
  args: readonly string[],
  target: SweepTarget,
): Readonly<Record<string, unknown>> {
  const command = target.command();
  readOptions(command, argumentsOf(run, args, target));
  return command.opts();
}

/** An error about a run's options, which says which run it is. Others are left as they are. */
export function ofRun(run: PlannedRun, error: unknown, command: Command): unknown {
  if (!isUserError(error)) return error;
  return new UsageError(
    `run ${run.number} (${choicesInWords(run.choices)}): ${messageForCommand(error, command)}`,
    { cause: error },
  );
}

function refusedBy({ refused }: SweepTarget): readonly string[] {
  return ['out', 'json', 'help', ...refused];
}

function optionOf(command: Command, name: string): Option | undefined {
  return command.options.find(({ long }) => long === `--${name}`);
}

/** @returns the long names of those given, without dashes. @throws UsageError */
function readOptions(command: Command, args: readonly string[]): readonly string[] {
  command.exitOverride().configureOutput({ outputError: () => {} });
  try {
    const { operands, unknown } = command.parseOptions([...args]);
    const [stray] = [...operands, ...unknown];
    if (stray !== undefined)
      throw new UsageError(`expected options of ${command.name()} after --, got '${stray}'`);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(error.message.replace(/^error: /, ''), { cause: error });
  }
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map(({ long }) => long?.slice(2) ?? '');
}
