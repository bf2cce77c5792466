import { isUserError } from '@throughtime/errors';
import { type Command, CommanderError } from 'commander';
import { messageForCommand } from './argument-names.js';

/** What our commands exit with. */
export const exitCode = { ok: 0, failure: 1, badInput: 2, interrupted: 130 } as const;

/**
 * Parses the arguments, runs the chosen command, and sets the exit code: 0 done, 2 bad input (one line on stderr), 130
 * interrupted (set by the command), 1 a defect of ours (with its stack).
 *
 * Bad input is what `isUserError` of `@throughtime/errors` says: every error that the packages throw on purpose and that the user can
 * mend. An ArgumentError is reported under the name of the option that the argument came from, see {@link nameArguments}.
 */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  configure(program);
  let acting: Command | undefined;
  program.hook('preAction', (_, command) => {
    acting = command;
  });
  process.stdout.once('error', leaveQuietly);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, program.name(), acting);
  } finally {
    process.stdout.off('error', leaveQuietly);
  }
}

/** The reader of our output is gone (`generate sample ... | head`): there is nothing left to do, and it is no defect. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(exitCode.ok);
  throw error;
}

/** Subcommands that exist already do not inherit these settings, so we set them on each. */
function configure(command: Command): void {
  command.exitOverride();
  command.showSuggestionAfterError();
  // Commander's own line is replaced by ours, which names the command.
  command.configureOutput({ outputError: () => {} });
  for (const child of command.commands) configure(child);
}

function report(error: unknown, name: string, acting: Command | undefined): number {
  if (error instanceof CommanderError) {
    // --help and --version end this way too, with code 0; a command given without its subcommand has shown its help.
    if (error.exitCode === 0) return exitCode.ok;
    if (error.code !== 'commander.help')
      process.stderr.write(`${name}: ${oneLine(error.message.replace(/^error: /, ''))}\n`);
    return exitCode.badInput;
  }
  // Work that Ctrl-C stopped throws the signal's reason. `interruptible` has set the code.
  if (process.exitCode === exitCode.interrupted && (error as Error | undefined)?.name === 'AbortError')
    return exitCode.interrupted;
  if (isUserError(error)) {
    process.stderr.write(`${name}: ${oneLine(messageForCommand(error, acting))}\n`);
    return exitCode.badInput;
  }
  process.stderr.write(
    `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return exitCode.failure;
}

function oneLine(message: string): string {
  return message.replace(/\s*\n\s*/g, ' ').trim();
}
