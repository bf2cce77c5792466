// The name that a program is called by. What a program says of itself, in help, examples, messages and hints, is written for the name that it
// has in a clone.
import { basename } from 'node:path';
import type { Command } from 'commander';

let renamed = (text: string): string => text;

/**
 * Gives a program the name that it is called by: users who installed a command type `throughtime-generate`.
 * @param program with its commands
 * @param entry the script that runs
 */
export function nameAsCalled(program: Command, entry = ''): void {
  const called = basename(entry, '.js');
  if (!called.startsWith('throughtime-')) return;
  const words = program.commands.map((command) => command.name()).join('|');
  // linear: alternatives of plain names
  const mention = new RegExp(`(?<![-\\w])${program.name()}(?= (?:${words})\\b)`, 'g');
  program.name(called);
  renamed = (text) => text.replace(mention, called);
}

/** A text of ours with the program's commands as users call them. */
export function asCalled(text: string): string {
  return renamed(text);
}
