import {
  ArgumentError,
  checkOptions,
  dropRate,
  list,
  record,
  required,
  ThroughtimeError,
  whole,
} from '@throughtime/errors';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nameArguments } from './argument-names.js';
import { UsageError } from './errors.js';
import { interruptible } from './interrupt.js';
import { integerOption } from './options.js';
import { runProgram } from './program.js';

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
    ['a value that does not fit', ['hello', '--times', '0'], /--times.*whole number of at least 1, got '0'/],
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

  it('knows what the user can mend by its mark', async () => {
    class DamagedFileError extends ThroughtimeError {}
    class NoMemoryError extends ThroughtimeError {
      override get isUserError() {
        return false;
      }
    }
    const failing = (error: Error) =>
      program(() => {
        throw error;
      });
    await runProgram(failing(new DamagedFileError('weights: damaged')), ['hello']);
    expect(stderr).toBe('greet: weights: damaged\n');
    expect(process.exitCode).toBe(2);
    stderr = '';
    await runProgram(failing(new NoMemoryError('engine: out of memory')), ['hello']);
    expect(stderr).toContain('program.test.ts');
    expect(process.exitCode).toBe(1);
  });

  describe('names the option that an argument came from', () => {
    interface NetworkOptions {
      readonly hiddenSize: readonly number[];
      readonly minFrequency?: number;
      readonly dropout?: { readonly between?: number; readonly input?: number };
      readonly layers?: readonly { readonly size: number }[];
    }
    const createNetwork = (options: unknown) =>
      checkOptions<NetworkOptions>(options, {
        hiddenSize: required(list(whole({ from: 1 }))),
        minFrequency: whole({ from: 1 }),
        dropout: record<NonNullable<NetworkOptions['dropout']>>({ between: dropRate, input: dropRate }),
        layers: list(record<{ readonly size: number }>({ size: required(whole({ from: 1 })) })),
      });
    /** `train`, whose action makes a network of these options. */
    const training = (options: unknown) => {
      const train = new Command('train')
        .option('--hidden <n>', 'units')
        .option('--min-frequency <n>', 'rarer tokens become <unk>')
        .option('--dropout <p>', 'between layers')
        .option('--layer <n>', 'units of a layer')
        .option('--no-cache', 'without a cache')
        .action(() => createNetwork(options));
      nameArguments(train, { hiddenSize: '--hidden', 'dropout.between': '--dropout' });
      nameArguments(train, { layers: '--layer' });
      return new Command('generate')
        .addCommand(train)
        .addCommand(new Command('sample').action(() => createNetwork(options)));
    };

    it.each([
      [{}, /^generate: --hidden: expected a list .*, got undefined\n$/],
      [{ hiddenSize: [3, 0] }, /^generate: --hidden\[1\]: expected a whole number of at least 1, got 0\n$/],
      [{ hiddenSize: [3], minFrequency: 0 }, /^generate: --min-frequency: expected /],
      [{ hiddenSize: [3], dropout: { between: 2 } }, /^generate: --dropout: expected a probability/],
      // Not declared: by the longest beginning that is known.
      [{ hiddenSize: [3], dropout: { input: 2 } }, /^generate: --dropout\.input: expected a probability/],
      [{ hiddenSize: [3], layers: [{ size: 0 }] }, /^generate: --layer\[0\]\.size: expected /],
      [{ hiddenSize: [3], minFrequencies: 1 }, /^generate: minFrequencies: expected the name of an option/],
    ])('%o', async (options, message) => {
      await runProgram(training(options), ['train']);
      expect(stderr).toMatch(message);
      expect(process.exitCode).toBe(2);
    });

    it('of the command that ran, not of another', async () => {
      await runProgram(training({}), ['sample']);
      expect(stderr).toMatch(/^generate: hiddenSize: expected /);
    });

    it('also where the program is one command', async () => {
      const single = new Command('greet').option('--times-in-a-row <n>').action(() => {
        throw new ArgumentError('timesInARow', 'less', 9);
      });
      await runProgram(single, []);
      expect(stderr).toBe('greet: --times-in-a-row: expected less, got 9\n');
    });

    it('refuses to name an option that the command does not have', () => {
      expect(() => nameArguments(new Command('train'), { hiddenSize: '--hiden' })).toThrow('--hiden');
    });
  });

  it('shows the stack of an error without the mark: it is a defect', async () => {
    await runProgram(
      program(() => {
        throw new RangeError('Invalid array length');
      }),
      ['hello'],
    );
    expect(process.exitCode).toBe(1);
    expect(stderr).toMatch(/^greet: RangeError: Invalid array length\n.*program\.test\.ts/s);
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
