import { escapeControls, isUserError, longestMessage, shortened } from '@throughtime/errors';
import { isSystemError } from '@throughtime/platform/node';
import { type Command, CommanderError } from 'commander';
import { messageForCommand } from './argument-names.js';
import { asCalled, nameAsCalled } from './called-name.js';
import { addCommands, type CommandTable } from './command-table.js';
import { completionCommand } from './completion.js';
import { signalCodes, stopWork, wasStopped } from './interrupt.js';

/** What our commands exit with. `interrupted` is for Ctrl-C; see `signalCodes` for other signals. */
export const exitCode = {
  ok: 0,
  failure: 1,
  badInput: 2,
  interrupted: signalCodes.SIGINT,
  closedPipe: 141,
} as const;

/**
 * Parses the arguments, runs the chosen command, and sets the exit code:
 * - 0 done
 * - 1 a defect of ours (with its stack)
 * - 2 bad input (one line on stderr)
 * - 130, 143 or 129 interrupted (set by the command)
 * - 141 interrupted because nobody reads its output any more
 *
 * Bad input is what `isUserError` of `@throughtime/errors` says: every error that the packages throw on purpose and that the user can
 * fix; and what the operating system refuses: a full disk, a file that may not be read. An ArgumentError is reported under the name of
 * the option that the argument came from, see {@link nameArguments}.
 *
 * @param commands of the program, loaded when they are called. Default: those that it has
 */
export async function runProgram(
  program: Command,
  argv: readonly string[],
  commands: CommandTable = {},
): Promise<void> {
  guardOutput(program);
  endWithParent();
  let acting: Command | undefined;
  try {
    await addCommands(program, commands, argv);
    if (program.commands.length > 0) program.addCommand(completionCommand(program));
    nameAsCalled(program, process.argv[1]);
    configure(program);
    program.hook('preAction', (_, command) => {
      acting = command;
    });
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, program.name(), acting);
  }
}

/**
 * Set in the environment of a process that a command of ours starts with a channel (`stdio: 'ipc'`): it saves and ends when the channel
 * closes, which it does however the other one ended.
 */
export const endsWithParent = 'THROUGHTIME_ENDS_WITH_PARENT';

function endWithParent(): void {
  if (process.env[endsWithParent] === undefined || !process.channel) return;
  // As when a terminal is closed.
  process.once('disconnect', () => stopWork(signalCodes.SIGHUP));
  process.channel.unref();
}

let isGuarded = false;

/**
 * Output that cannot be written asks the work in progress to save and end. The listeners stay until the process ends: what is
 * written last may fail after the command has returned.
 */
function guardOutput(program: Command): void {
  if (isGuarded) return;
  isGuarded = true;
  let hasFailed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (hasFailed) return;
    hasFailed = true;
    // The reader of our output is gone (`generate sample ... | head`): no defect, and nothing to complain about.
    if (error.code === 'EPIPE') {
      stopWork(exitCode.closedPipe);
      return;
    }
    stopWork(exitCode.badInput);
    process.exitCode ||= exitCode.badInput;
    process.stderr.write(`${program.name()}: output: ${oneLine(systemMessage(error))}\n`);
  });
  // Notes that nobody can read are no reason to end; there is no place left to say so either.
  process.stderr.on('error', () => {});
}

/** Subcommands that exist already do not inherit these settings, so we set them on each. */
function configure(command: Command): void {
  command.exitOverride();
  command.showSuggestionAfterError();
  // Commander's own line is replaced by ours, which names the command.
  command.configureOutput({
    outputError: () => {},
    writeOut: (text) => process.stdout.write(asCalled(text)),
    writeErr: (text) => process.stderr.write(asCalled(text)),
  });
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
  if (wasStopped(error)) return Number(process.exitCode);
  if (isUserError(error)) {
    process.stderr.write(`${name}: ${asCalled(oneLine(messageForCommand(error, acting)))}\n`);
    return exitCode.badInput;
  }
  if (isSystemError(error)) {
    process.stderr.write(`${name}: ${oneLine(systemMessage(error))}\n`);
    return exitCode.badInput;
  }
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${name}: ${escapeControls(shown, '\n')}\n`);
  return exitCode.failure;
}

/** What the operating system refused: `/model/config.json: permission denied (EACCES)`. */
function systemMessage(error: NodeJS.ErrnoException): string {
  const { code, path, message } = error;
  // Node's message is `CODE: reason, call 'path'`.
  const reason = /^[A-Z\d]+: ([^,]+)/.exec(message)?.[1];
  if (code === undefined || reason === undefined) return message;
  return `${path === undefined ? '' : `${path}: `}${reason} (${code})`;
}

/** Messages quote files, paths and vocabularies. */
function oneLine(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  return shortened(escapeControls(lines.filter((line) => line !== '').join(' ')), longestMessage);
}
