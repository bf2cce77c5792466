import { ArgumentError } from '@throughtime/errors';
import type { Command } from 'commander';

/** For each command, the options that become arguments of other names. */
const declared = new WeakMap<Command, Map<string, string>>();

/**
 * Says which argument an option of the command becomes, so that an error about the argument names the option that the user
 * wrote. Write it beside the options:
 *
 *     const train = new Command('train').option('--hidden <n>', 'units per layer', integerOption({ min: 1 }));
 *     nameArguments(train, { hiddenSize: '--hidden' });
 *
 * An ArgumentError "hiddenSize: expected ..." is then reported as "--hidden: expected ...", and "hiddenSize[1]" as "--hidden[1]".
 * An argument with an option's own name in camel case (`minFrequency` for `--min-frequency`) needs no entry.
 * @param options the long name of an option for each argument, say `{ 'dropout.between': '--dropout' }`
 * @returns the command
 * @throws Error when the command has no such option
 */
export function nameArguments(command: Command, options: Readonly<Record<string, string>>): Command {
  const names = declared.get(command) ?? new Map<string, string>();
  for (const [argument, option] of Object.entries(options)) {
    if (!command.options.some(({ long }) => long === option)) {
      throw new Error(
        `command ${command.name()}: expected it to have the option ${option}, which ${argument} comes from`,
      );
    }
    names.set(argument, option);
  }
  declared.set(command, names);
  return command;
}

/** The error's message, with the option of the command in place of the argument that it became. */
export function messageForCommand(error: Error, command: Command | undefined): string {
  if (!(error instanceof ArgumentError) || command === undefined) return error.message;
  const names = new Map(
    command.options.map((option) => [option.attributeName(), option.long ?? option.flags]),
  );
  for (const [argument, option] of declared.get(command) ?? []) names.set(argument, option);
  // The longest known beginning: 'layers[1].size', then 'layers[1]', then 'layers'.
  const ends = [...error.argument.matchAll(/[.[]|$/g)].map(({ index }) => index).reverse();
  for (const end of ends) {
    const option = names.get(error.argument.slice(0, end));
    if (option !== undefined) return error.messageFor(`${option}${error.argument.slice(end)}`);
  }
  return error.message;
}
