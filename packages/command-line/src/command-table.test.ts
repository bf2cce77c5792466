import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CommandTable } from './command-table.js';
import { runProgram } from './program.js';

let stdout: string;
let loaded: string[];
let ran: string[];
const before = process.exitCode;

beforeEach(() => {
  stdout = '';
  loaded = [];
  ran = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = before;
});

function entry(name: string): CommandTable[string] {
  return {
    description: `Does ${name}.`,
    async load() {
      loaded.push(name);
      return new Command(name).option(`--of-${name}`, `an option of ${name}`).action(() => {
        ran.push(name);
      });
    },
  };
}

const run = (...argv: string[]) =>
  runProgram(new Command('tool').description('Tries.'), argv, { one: entry('one'), two: entry('two') });

it('loads the command that is called, and no other', async () => {
  await run('two', '--of-two');
  expect([loaded, ran]).toEqual([['two'], ['two']]);
});

it('shows all commands, in their order, without loading one', async () => {
  await run('--help');
  expect(stdout).toMatch(/one .*Does one\.\s+two .*Does two\./);
  expect(loaded).toEqual([]);
});

it('shows the options of a command that help is asked for', async () => {
  await run('help', 'one');
  expect(stdout).toContain('--of-one');
  stdout = '';
  await run('two', '--help');
  expect(stdout).toMatch(/Does two\.[\s\S]*--of-two/);
});

it('completes the options of every command', async () => {
  await run('completion', 'bash');
  expect(stdout).toMatch(/--of-one[\s\S]*--of-two/);
});

it('refuses a command that it does not have, with one that it has', async () => {
  await run('tow');
  expect([process.exitCode, loaded]).toEqual([2, []]);
  expect(vi.mocked(process.stderr.write).mock.calls.join()).toContain(
    "unknown command 'tow' (Did you mean two?)",
  );
});

it('reports a command that cannot be loaded', async () => {
  const table = {
    broken: { description: 'Fails.', load: () => Promise.reject(new TypeError('no such file')) },
  };
  await runProgram(new Command('tool'), ['broken'], table);
  expect(process.exitCode).toBe(1);
});
