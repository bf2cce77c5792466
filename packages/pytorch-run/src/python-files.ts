import { readFile } from 'node:fs/promises';

/** What an exported folder runs: `train.py` is the program, the others are what it imports. */
const names = [
  'train.py',
  'processes.py',
  'model.py',
  'recurrent.py',
  'optimization.py',
  'data.py',
  'checkpoint.py',
  'card.py',
  'random_stream.py',
] as const;

/** The Python files of an exported run, by name. They depend on torch (1.13 or later), numpy and safetensors alone. */
export async function pythonFiles(): Promise<[name: string, content: Uint8Array][]> {
  return Promise.all(
    names.map(async (name): Promise<[string, Uint8Array]> => {
      return [name, await readFile(new URL(`../python/${name}`, import.meta.url))];
    }),
  );
}
