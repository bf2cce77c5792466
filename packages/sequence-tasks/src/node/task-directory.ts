import { join } from 'node:path';
import { inWords } from '@throughtime/errors';
import { makeFolder, readWholeFiles, replaceFiles } from '@throughtime/platform/node';
import { InvalidTaskModelError } from '../errors.js';
import {
  decodeTask,
  encodeTask,
  type LoadedTask,
  type LoadTaskOptions,
  type SaveTaskOptions,
  type TaskModel,
  taskFileNames,
} from '../files/task-files.js';

/**
 * Writes `config.json` and `model.safetensors` into a directory, made where it is missing. Whatever the disk refuses leaves the model that
 * was there.
 * @throws ArgumentError; the file system's error
 */
export async function saveTask(
  directory: string,
  model: TaskModel,
  options: SaveTaskOptions = {},
): Promise<void> {
  const files = encodeTask(model, options);
  await makeFolder(directory);
  await replaceFiles(taskFileNames.map((name) => [join(directory, name), files[name]]));
}

/**
 * @throws InvalidTaskModelError naming the file that is missing or cannot be read; ArgumentError for the options; the file system's error
 *
 * @example
 * ```ts
 * import { loadTask } from '@throughtime/sequence-tasks/node';
 * const { model, vocabularies } = await loadTask('out/translator');
 * console.log(model.constructor.name, vocabularies.input?.size);
 * ```
 */
export async function loadTask(directory: string, options: LoadTaskOptions = {}): Promise<LoadedTask> {
  const files = await readWholeFiles(
    directory,
    taskFileNames,
    (path) => new InvalidTaskModelError(path, 'a file of a saved model', inWords('none')),
  );
  const { onWarning } = options;
  return decodeTask(files, {
    ...options,
    onWarning: onWarning && ((warning) => onWarning(join(directory, warning))),
  });
}
