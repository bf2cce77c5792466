import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from './errors.js';
import { interruptible } from './interrupt.js';
import { integerOption } from './options.js';
import { runProgram } from './program.js';

class FileMissingError extends Error {}

function program(action: (options: { times: number }) => void | Promise<void> = () => {}): Command {
  const root = new Command('greet').description('Greets.');
  root
    .command('hello')
    .description('Says hello.')
    .option('--times <n>', 'how often', integerOption({ min: 1 }), 1)
    .action(action);
  return root;
}

describe('runProgram', () => {
  let stderr: string;
  const before = process.exitCode;

  beforeEach(() => {
    stderr = '';
    process.exitCode = 0;
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += text;
      return true;
    });
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  });

  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = before;
  });

  it('runs the command and leaves exit code 0', async () => {
    let times = 0;
    await runProgram(
      program((options) => {
        times = options.times;
      }),
      ['hello', '--times', '3'],
    );
    expect(times).toBe(3);
    expect(process.exitCode).toBe(0);
    expect(stderr).toBe('');
  });

  it.each([
    ['an unknown option', ['hello', '--often'], /^greet: unknown option '--often'/],
    ['an unknown command', ['bye'], /^greet: unknown command 'bye'/],
    ['a value that does not fit', ['hello', '--times', '0'], /--times.*whole number from 1, got '0'/],
    ['a missing value', ['hello', '--times'], /--times.*argument missing/],
    ['an argument too many', ['hello', 'you'], /^greet: too many arguments/],
  ])('reports %s in one line with exit code 2', async (_, argv, message) => {
    await runProgram(program(), argv);
    expect(process.exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('reports what the user can mend in one line with exit code 2', async () => {
    const usage = program(() => {
      throw new UsageError('--corpus: expected a file,\n  got nothing');
    });
    await runProgram(usage, ['hello']);
    expect(stderr).toBe('greet: --corpus: expected a file, got nothing\n');
    expect(process.exitCode).toBe(2);
  });

  it('counts the error classes it is told about as bad input, and no others', async () => {
    const failing = () =>
      program(() => {
        throw new FileMissingError('no such file');
      });
    await runProgram(failing(), ['hello'], { inputErrors: [FileMissingError] });
    expect(process.exitCode).toBe(2);
    expect(stderr).toBe('greet: no such file\n');
    await runProgram(failing(), ['hello']);
    expect(process.exitCode).toBe(1);
    expect(stderr).toContain('program.test.ts');
  });

  it('says nothing of work that Ctrl-C has stopped, and leaves exit code 130', async () => {
    const stopped = program(() =>
      interruptible(async (signal) => {
        process.emit('SIGINT');
        signal.throwIfAborted();
      }),
    );
    await runProgram(stopped, ['hello']);
    expect(stderr).toBe('');
    expect(process.exitCode).toBe(130);
  });

  it('asks for the classes only when a command has failed', async () => {
    let asked = 0;
    const inputErrors = async () => {
      asked++;
      return [FileMissingError];
    };
    await runProgram(program(), ['hello'], { inputErrors });
    await runProgram(program(), ['hello', '--help'], { inputErrors });
    expect(asked).toBe(0);
    const failing = program(() => {
      throw new FileMissingError('no such file');
    });
    await runProgram(failing, ['hello'], { inputErrors });
    expect(asked).toBe(1);
    expect(process.exitCode).toBe(2);
  });

  it('shows help with exit code 0', async () => {
    await runProgram(program(), ['hello', '--help']);
    expect(process.exitCode).toBe(0);
    expect(stderr).toBe('');
  });

  it('asks for a command with exit code 2', async () => {
    await runProgram(program(), []);
    expect(process.exitCode).toBe(2);
  });

  it('leaves no listener behind', async () => {
    const count = process.stdout.listenerCount('error');
    await runProgram(program(), ['hello']);
    expect(process.stdout.listenerCount('error')).toBe(count);
  });
});
