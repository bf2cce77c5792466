// The core of an app (`apps/NAME/src/core`) is what its command and its page share. It must run in Node and in a browser's worker
// alike, so it may use neither Node nor the DOM, and may import nothing of the command or the page. Tests beside it may.
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { sourceFiles } from './source-files.mjs';
import { members, root } from './workspace.mjs';

/** Packages that need Node or the DOM. So does every `/node` subpath. */
const boundPackages = [
  'commander',
  'comlink',
  'playwright-core',
  '@throughtime/command-line',
  '@throughtime/page-server',
  '@throughtime/web-page',
];

/** Globals that only Node or only a page has. */
const boundGlobals = [
  ...['process', 'Buffer', 'require', '__dirname', '__filename', 'setImmediate'],
  ...['document', 'window', 'self', 'location', 'history', 'navigator', 'localStorage', 'sessionStorage'],
  ...['indexedDB', 'requestAnimationFrame', 'Worker', 'File', 'FileReader', 'HTMLElement', 'Element'],
];

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each breach
 */
export function coreBreaches(base = root) {
  return members(base).flatMap(({ folder }) => {
    const core = join(base, folder, 'src/core');
    if (!folder.startsWith('apps/') || !existsSync(core)) return [];
    return sourceFiles(core)
      .filter((file) => !/\.test\.\w+$/.test(file))
      .flatMap((file) => {
        const source = readFileSync(file, 'utf8');
        const name = relative(base, file).split(sep).join('/');
        return [...importBreaches(source, file, core), ...globalBreaches(source)].map(
          (breach) => `${name}: ${breach}`,
        );
      });
  });
}

/** @param {string} source @param {string} file @param {string} core */
function importBreaches(source, file, core) {
  const specifiers = [...source.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g)].map(
    (match) => match[2],
  );
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      const leaves = relative(core, resolve(dirname(file), specifier)).startsWith('..');
      return leaves ? [`'${specifier}' leaves the core`] : [];
    }
    const bound =
      specifier.startsWith('node:') ||
      builtinModules.includes(specifier) ||
      specifier.endsWith('/node') ||
      boundPackages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    return bound ? [`'${specifier}' needs Node or a page`] : [];
  });
}

/** @param {string} source */
function globalBreaches(source) {
  const code = withoutTexts(source);
  return boundGlobals
    .filter((name) => {
      // A variable of that name is something else: `({ horizon, window }) => ...`.
      if (new RegExp(`\\b(?:const|let|function|class)\\s+${name}\\b|[({,]\\s*${name}\\s*[,:)}=]`).test(code))
        return new RegExp(`\\bglobalThis\\.${name}\\b`).test(code);
      // Used as a value, not as a property's or a field's name.
      return new RegExp(`(?:\\bglobalThis\\.|(?<![.\\w$#'"]))${name}\\b(?!\\s*\\??:)`).test(code);
    })
    .map((name) => `uses '${name}'`);
}

/** The code without comments and strings; what stands between `${` and `}` of a template stays. @param {string} source */
function withoutTexts(source) {
  const texts = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;
  return source.replace(texts, (text) =>
    text.startsWith('`') ? [...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]).join(';') : ' ',
  );
}
