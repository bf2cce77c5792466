// Makes packages/NAME from the template and enters it in the layers; touches nothing else.
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const template = fileURLToPath(new URL('./template', import.meta.url));

/** What is wrong with a name or where it would go. */
export class ScaffoldError extends Error {}

/**
 * @param {string} name lower case, words joined by hyphens
 * @param {string} base the workspace's root
 * @throws ScaffoldError when the name is not such or is taken
 */
export function scaffoldPackage(name, base) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new ScaffoldError(
      `NAME: expected lower case, words joined by hyphens, got ${JSON.stringify(name)}`,
    );
  }
  const folder = join(base, 'packages', name);
  if (existsSync(folder)) throw new ScaffoldError(`NAME: packages/${name} exists already; choose another`);

  cpSync(template, folder, { recursive: true });
  cpSync(join(base, 'LICENSE'), join(folder, 'LICENSE'));
  // `text-chunks` names the package; `textChunks` its first function.
  const camelName = name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'LICENSE') continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8')
      .replaceAll('__name__', name)
      .replaceAll('__camelName__', camelName);
    writeFileSync(file, text);
    renameSync(file, join(entry.parentPath, entry.name.replaceAll('__name__', name)));
  }

  const layersFile = join(base, 'scripts/layers.json');
  const layers = JSON.parse(readFileSync(layersFile, 'utf8'));
  layers[name] = [];
  writeFileSync(layersFile, `${JSON.stringify(layers, null, 2)}\n`);
}
