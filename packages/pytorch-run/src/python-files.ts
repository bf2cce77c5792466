import { readFile } from 'node:fs/promises';
import { oneOf } from '@throughtime/errors';

const shared = [
  'command.py',
  'processes.py',
  'recurrent.py',
  'optimization.py',
  'checkpoint.py',
  'card.py',
  'random_stream.py',
] as const;

/** What the folder of each kind runs: under `train.py` the program, the others are what it imports. */
const programs = {
  'language model': { program: 'train.py', own: ['model.py', 'data.py'] },
  forecaster: { program: 'train_forecaster.py', own: ['forecaster.py'] },
} as const;

const kinds = Object.keys(programs) as (keyof typeof programs)[];

/**
 * The Python files of an exported run, by name. They depend on torch (1.13 or later), numpy and safetensors alone.
 * @param kind what is trained. Default: a language model
 */
export async function pythonFiles(
  kind: keyof typeof programs = 'language model',
): Promise<[name: string, content: Uint8Array][]> {
  const { program, own } = programs[oneOf(kinds)('kind', kind)];
  const files = [[program, 'train.py'], ...[...own, ...shared].map((name) => [name, name])];
  return Promise.all(
    files.map(async ([file, name]): Promise<[string, Uint8Array]> => {
      return [name, await readFile(new URL(`../python/${file}`, import.meta.url))];
    }),
  );
}
