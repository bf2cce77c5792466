import { Command } from 'commander';

/** The commands of a program by name, in the order of its help. A command's file is imported when the command is called. */
export type CommandTable = Readonly<
  Record<string, { readonly description: string; load(): Promise<Command> }>
>;

/**
 * Adds the commands of a table. Those that the arguments name are loaded; of the others the program's help shows name and description,
 * and needs no more. `completion` says what every command can do, so it loads them all.
 */
export async function addCommands(
  program: Command,
  table: CommandTable,
  argv: readonly string[],
): Promise<void> {
  const everything = argv[0] === 'completion';
  for (const [name, { description, load }] of Object.entries(table)) {
    // Also `help train`, and names that are an option's value, which costs time only.
    const command = everything || argv.includes(name) ? await load() : new Command(name);
    program.addCommand(command.description(description));
  }
}
