import { Command, type Option } from 'commander';
import { UsageError } from './errors.js';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/**
 * The command `completion SHELL`: prints a script that completes the names of our commands, their options, and the values of options
 * that have few. The shell completes file names where an option or argument takes anything else.
 */
export function completionCommand(program: Command): Command {
  return new Command('completion')
    .description('Print a script for your shell that completes commands and options.')
    .argument('<shell>', shells.join(', '))
    .addHelpText(
      'after',
      () => `
Examples:
  bash  source <(${program.name()} completion bash)       in ~/.bashrc
  zsh   source <(${program.name()} completion zsh)        in ~/.zshrc, after compinit
  fish  ${program.name()} completion fish | source        in ~/.config/fish/config.fish`,
    )
    .action((shell: string) => {
      if (!isShell(shell)) throw new UsageError(`expected one of ${shells.join(', ')}, got '${shell}'`);
      process.stdout.write(completionScript(program, shell));
    });
}

function isShell(shell: string): shell is Shell {
  return (shells as readonly string[]).includes(shell);
}

/** One command with what can follow it. */
interface Completion {
  /** Words from the program's name on, such as `train`; '' for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
}

interface CompletedOption {
  /** `--out`, and `-o` where there is one. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** The values that it may have; empty for any. */
  readonly values: readonly string[];
}

/** The script for a shell. */
export function completionScript(program: Command, shell: Shell): string {
  const completions = completionsOf(program, '');
  if (shell === 'fish') return fishScript(program.name(), completions);
  const script = bashScript(program.name(), completions);
  // zsh runs bash's scripts, given its own emulation of `complete`. It knows no arithmetic in `:1:`, but in `$(( ))`.
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${script}` : script;
}

function completionsOf(command: Command, path: string): Completion[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command);
  const own: Completion = {
    path,
    description: command.description(),
    commands: children.map((child) => ({
      name: child.name(),
      description: oneSentence(help.subcommandDescription(child)),
    })),
    options: help.visibleOptions(command).map(completedOption),
  };
  const below = children.filter((child) => command.commands.includes(child));
  return [own, ...below.flatMap((child) => completionsOf(child, `${path} ${child.name()}`.trim()))];
}

function completedOption(option: Option): CompletedOption {
  return {
    flags: [option.long, option.short].filter((flag) => flag !== undefined && flag !== null),
    description: oneSentence(option.description),
    takesValue: option.required || option.optional,
    values: option.argChoices ?? [],
  };
}

/** Descriptions become one line of a menu. */
function oneSentence(text: string): string {
  const [first] = text.split(/[.;:(\n]/);
  return first.trim();
}

function bashScript(name: string, completions: readonly Completion[]): string {
  const words = completions.map(
    ({ path, commands, options }) =>
      `    ${quoted(path)}) words=${quoted(
        [...commands.map((command) => command.name), ...options.flatMap(({ flags }) => flags)].join(' '),
      )} ;;`,
  );
  const values = completions.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ flags, values: choices }) => {
        const patterns = flags.map((flag) => quoted(`${path}:${flag}`)).join('|');
        return choices.length > 0
          ? `    ${patterns}) COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$current")); return ;;`
          : `    ${patterns}) COMPREPLY=($(compgen -f -- "$current")); return ;;`;
      }),
  );
  const paths = completions.map(({ path }) => quoted(path)).join(' ');
  const run = `_${name.replaceAll('-', '_')}`;
  return `# Completes ${name} in bash.
${run}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' word known words=''
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    for known in ${paths}; do
      [ "$known" = "\${path:+$path }$word" ] && path="$known" && break
    done
  done
  case "$path:$previous" in
${values.join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  case "$current" in
    -*|'') COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F ${run} ${name}
`;
}

function fishScript(name: string, completions: readonly Completion[]): string {
  const names = completions.filter(({ path }) => path !== '').map(({ path }) => path.split(' ')[0]);
  const any = [...new Set(names)].join(' ');
  const lines = completions.flatMap(({ path, commands, options }) => {
    const condition =
      path === ''
        ? `not __fish_seen_subcommand_from ${any}`
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    const start = `complete -c ${name} -n ${quoted(condition)}`;
    return [
      ...commands.map(
        (command) => `${start} -f -a ${quoted(command.name)} -d ${quoted(command.description)}`,
      ),
      ...options.map(({ flags, description, takesValue, values }) => {
        const named = flags.map((flag) =>
          flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        const after = values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : takesValue ? ' -r' : '';
        return `${start} ${named.join(' ')}${after} -d ${quoted(description)}`;
      }),
    ];
  });
  return `# Completes ${name} in fish.\n${lines.join('\n')}\n`;
}

/** A word of a shell's script: bash and zsh need quotes ended and begun again at a quote; fish takes that too. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
