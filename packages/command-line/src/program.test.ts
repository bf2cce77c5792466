import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { nameArguments } from './argument-names.js';
import { UsageError } from './errors.js';
import { interruptible, signalCodes } from './interrupt.js';
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

  it('reports what the user can fix in one line with exit code 2', async () => {
    const usage = program(() => {
      throw new UsageError('--corpus: expected a file,\n  got nothing');
    });
    await runProgram(usage, ['hello']);
    expect(stderr).toBe('greet: --corpus: expected a file, got nothing\n');
    expect(process.exitCode).toBe(2);
  });

  it('escapes control characters of what a message quotes', async () => {
    const path = 'a\u001b[2J\u009bb\u007f';
    await runProgram(
      program(() => {
        throw new UsageError(`--corpus: no file '${path}'`);
      }),
      ['hello'],
    );
    expect(stderr).toBe("greet: --corpus: no file 'a\\u001b[2J\\u009bb\\u007f'\n");
    stderr = '';
    await runProgram(program(), [`--\u001b[2J`]);
    expect(stderr).toContain('\\u001b[2J');
  });

  it('reports a message that quotes a whole file in linear time and in one short line', async () => {
    await runProgram(
      program(() => {
        throw new UsageError(`format: got '${' '.repeat(2_000_000)}'`);
      }),
      ['hello'],
    );
    expect(stderr.length).toBeLessThan(1100);
    stderr = '';
    await runProgram(program(), [' '.repeat(500_000)]);
    expect(stderr.length).toBeLessThan(1100);
  });

  it('knows what the user can fix by its mark', async () => {
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

  it('reports what the operating system refuses in one line with exit code 2', async () => {
    const failing = (error: Error) =>
      program(() => {
        throw error;
      });
    const refused = Object.assign(new Error("EACCES: permission denied, open '/x'"), {
      code: 'EACCES',
      syscall: 'open',
      path: '/x',
    });
    await runProgram(failing(refused), ['hello']);
    expect(stderr).toBe('greet: /x: permission denied (EACCES)\n');
    expect(process.exitCode).toBe(2);
    stderr = '';
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    await runProgram(failing(full), ['hello']);
    expect(stderr).toBe('greet: no space left on device (ENOSPC)\n');
    expect(process.exitCode).toBe(2);
  });
});

describe('output that cannot be written', () => {
  const program = fileURLToPath(new URL('./fixtures/talking-program.ts', import.meta.url));
  let folder: string;
  let path: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'talking '));
    path = join(folder, 'program.mjs');
    await build({
      entryPoints: [program],
      outfile: path,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@throughtime/source'],
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
  });

  afterAll(() => rm(folder, { recursive: true }));

  /** Runs a shell command in which `$talk` is the program. */
  function shell(command: string): { code: number | null; stderr: string } {
    const talk = `"${process.execPath}" "${path}"`;
    const { status, stderr } = spawnSync('bash', ['-c', command.replaceAll('$talk', talk)], {
      encoding: 'utf8',
    });
    return { code: status, stderr };
  }

  const onlyUnix = it.skipIf(process.platform === 'win32');

  onlyUnix('lets work save when nobody reads any more, and leaves exit code 141', () => {
    expect(shell('$talk work | head -1 > /dev/null; exit $PIPESTATUS')).toEqual({
      code: 141,
      stderr: 'saved\n',
    });
  });

  onlyUnix('is no complaint of help that nobody reads to its end', () => {
    expect(shell('$talk --help | true; exit $PIPESTATUS')).toEqual({ code: 0, stderr: '' });
  });

  it.skipIf(process.platform !== 'linux')('is told in one line where the disk is full', () => {
    expect(shell('$talk work > /dev/full')).toEqual({
      code: 2,
      stderr: 'talk: output: no space left on device (ENOSPC)\nsaved\n',
    });
    expect(shell('$talk --help > /dev/full')).toEqual({
      code: 2,
      stderr: 'talk: output: no space left on device (ENOSPC)\n',
    });
  });

  onlyUnix('does no harm where it is notes', () => {
    expect(shell('$talk notes 2>&1 >/dev/null | true; exit $PIPESTATUS').code).toBe(0);
  });

  /** Runs the program, and sends it a signal once it talks; what a shell would call its exit code. */
  async function signaled(work: string, name: keyof typeof signalCodes): Promise<number> {
    const child = spawn(process.execPath, [path, work], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => child.kill(name)).resume();
    const [code, signal] = await once(child, 'close');
    return code ?? signalCodes[signal as keyof typeof signalCodes];
  }

  onlyUnix.each(Object.entries(signalCodes) as [keyof typeof signalCodes, number][])(
    '%s asks work to save, and ends at once what could save nothing, both with %i',
    async (name, code) => {
      expect(await signaled('work', name)).toBe(code);
      expect(await signaled('busy', name)).toBe(code);
    },
  );
});
