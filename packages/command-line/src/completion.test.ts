import { spawnSync } from 'node:child_process';
import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionScript } from './completion.js';

function program(): Command {
  const root = new Command('throughtime-greet').description('Greets.');
  const hello = root.command('hello').description("Says hello; that's all.");
  hello.addOption(new Option('-t, --tone <name>', 'how it sounds (default: warm)').choices(['warm', 'cold']));
  hello.option('--out <file>', 'where to').option('--loud', 'louder');
  hello.command('twice').description('Says it twice.').option('--apart <n>', 'seconds');
  root.command('help-me', { hidden: true });
  return root;
}

/** A shell that is on this machine; CI's systems have one or the other. */
function isThere(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

function ran(shell: string, args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8', cwd: import.meta.dirname });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

/** Offers of zsh, by its emulation of bash; zsh itself leaves those that do not begin with the last word. */
function offeredByZsh(...words: string[]): string[] {
  const script = `autoload -U compinit && compinit -D -u
${completionScript(program(), 'zsh')}
local -a COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
local COMP_CWORD=${words.length - 1}
compgen -o filenames -F _throughtime_greet`;
  return ran('zsh', ['-f', '-c', script]).filter((line) => line.startsWith(words.at(-1) ?? ''));
}

/** Offers of fish for a line, without their descriptions. */
function offeredByFish(line: string): string[] {
  const script = `${completionScript(program(), 'fish')}\ncomplete -C '${line}'`;
  return ran('fish', ['--no-config', '-c', script]).map((offer) => offer.split('\t')[0]);
}

/** Offers of bash after these words; the last is being written. */
function offered(...words: string[]): string[] {
  const script = `${completionScript(program(), 'bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_throughtime_greet
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return ran('bash', ['-c', script]);
}

describe('completionScript', () => {
  it.skipIf(process.platform === 'win32')('completes commands, their options and values in bash', () => {
    expect(offered('throughtime-greet', 'he')).toEqual(expect.arrayContaining(['hello', 'help']));
    expect(offered('throughtime-greet', 'help-')).toEqual([]);
    expect(offered('throughtime-greet', 'hello', '--')).toEqual(['--tone', '--out', '--loud', '--help']);
    expect(offered('throughtime-greet', 'hello', '--tone', '')).toEqual(['warm', 'cold']);
    expect(offered('throughtime-greet', 'hello', '-t', 'c')).toEqual(['cold']);
    expect(offered('throughtime-greet', 'hello', '--out', 'completion.t')).toEqual(
      expect.arrayContaining(['completion.ts', 'completion.test.ts']),
    );
    expect(offered('throughtime-greet', 'hello', 'twice', '--a')).toEqual(['--apart']);
  });

  it('describes them in fish, with quotes escaped', () => {
    const script = completionScript(program(), 'fish');
    expect(script).toContain("-f -a 'hello' -d 'Says hello'");
    expect(script).toContain("-l tone -s t -x -a 'warm cold' -d 'how it sounds'");
    expect(script).toContain("'__fish_seen_subcommand_from hello; and __fish_seen_subcommand_from twice'");
    expect(script).not.toContain('help-me');
  });

  it.skipIf(!isThere('zsh'))('completes commands, their options and values in zsh', () => {
    expect(offeredByZsh('throughtime-greet', 'he')).toEqual(expect.arrayContaining(['hello', 'help']));
    expect(offeredByZsh('throughtime-greet', 'hello', '--')).toEqual(['--tone', '--out', '--loud', '--help']);
    expect(offeredByZsh('throughtime-greet', 'hello', '-t', 'c')).toEqual(['cold']);
    expect(offeredByZsh('throughtime-greet', 'hello', '--out', 'completion.ts')).toEqual(['completion.ts']);
    expect(offeredByZsh('throughtime-greet', 'hello', 'twice', '--a')).toEqual(['--apart']);
  });

  it.skipIf(!isThere('fish'))('completes commands, their options and values in fish', () => {
    expect(offeredByFish('throughtime-greet he')).toEqual(['hello', 'help']);
    expect(offeredByFish('throughtime-greet hello --')).toEqual(['--help', '--loud', '--out', '--tone']);
    expect(offeredByFish('throughtime-greet hello -t c')).toEqual(['cold']);
    expect(offeredByFish('throughtime-greet hello --out completion.ts')).toEqual(['completion.ts']);
    expect(offeredByFish('throughtime-greet hello twice --a')).toEqual(['--apart']);
  });

  it("loads bash's completion in zsh", () => {
    expect(completionScript(program(), 'zsh')).toMatch(/^autoload -U \+X bashcompinit && bashcompinit\n/);
  });
});
