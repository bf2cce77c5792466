import { dirname } from 'node:path';
import { csvText } from '@throughtime/datasets';
import { makeFolder, replaceFile } from '@throughtime/platform/node';

/** Writes a table as CSV. A file that stands there is replaced as a whole; its folder is made. */
export async function writeCsv(
  path: string,
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  await writeText(path, csvText(header, rows));
}

/** Writes a text; its folder is made. */
export async function writeText(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path));
  await replaceFile(path, text);
}
