// Reads what assembly/ declares for the host, and writes it as TypeScript: exported numbers, namespaces of numbers, and the
// layouts of @unmanaged classes that are nothing but fields. (Those with methods are the kernels' own.)
import { readdir, readFile } from 'node:fs/promises';

const TYPES = new Set(['i32', 'f32', 'usize']);

/** @param {string} name such as crossEntropy or CrossEntropy */
const constantName = (name) => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();

/** @param {string} body */
function numbersOf(body) {
  return [...body.matchAll(/^ {2}export const (\w+): i32 = (.+);$/gm)].map(([all, name, value]) => {
    if (!/^-?\d+$/.test(value)) throw new Error(`${all}: a number that the host takes is written out`);
    return [name, Number(value)];
  });
}

/** @param {string} owner @param {string} body */
function fieldsOf(owner, body) {
  const fields = [...body.matchAll(/^ {2}(\w+): (\w+);$/gm)].map(([, field, type]) => ({ field, type }));
  const other = fields.find(({ type }) => !TYPES.has(type));
  if (other) throw new Error(`${owner}.${other.field}: a field is one 32-bit word`);
  return fields;
}

/** @param {URL} assembly the folder */
async function readDeclarations(assembly) {
  const names = (await readdir(assembly, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  const found = { numbers: new Map(), namespaces: new Map(), layouts: new Map(), cases: [] };
  const declare = (kind, name, value, file) => {
    if (found[kind].has(name)) throw new Error(`${file}: ${name} is declared twice`);
    found[kind].set(name, value);
  };
  for (const name of names) {
    const source = await readFile(new URL(name, assembly), 'utf8');
    for (const [, constant, value] of source.matchAll(/^export const (\w+): i32 = (-?\d+);$/gm)) {
      declare('numbers', constant, Number(value), name);
    }
    for (const [, space, body] of source.matchAll(/^export namespace (\w+) \{\n([^}]*)^\}/gm)) {
      declare('namespaces', space, numbersOf(body), name);
    }
    for (const [, owner, base, body] of source.matchAll(
      /^@unmanaged\nexport class (\w+)(?: extends (\w+))? \{\n([^}]*)^\}/gm,
    )) {
      declare('layouts', owner, { base, fields: fieldsOf(owner, body) }, name);
    }
    for (const [, operation, owner] of source.matchAll(
      /case Operation\.(\w+):\n\s+\w+\(changetype<(\w+)>\(address\)\);/g,
    )) {
      found.cases.push([operation, owner]);
    }
  }
  return found;
}

/** @param {readonly (readonly [string, string | number])[]} entries */
const record = (entries, indent = '') =>
  `{\n${entries.map(([key, value]) => `${indent}  ${key}: ${value},\n`).join('')}${indent}}`;

/**
 * @param {URL} assembly the folder
 * @returns {Promise<string>} a TypeScript module: `EXAMPLE` for each number; `Example` for each namespace; `EXAMPLE`, words by
 *   field, for each class `Example`; and for each operation its number and the layout of its command
 */
export async function hostDeclarations(assembly) {
  const { numbers, namespaces, layouts, cases } = await readDeclarations(assembly);
  const operations = new Map(namespaces.get('Operation'));
  if (cases.length !== operations.size) throw new Error('every operation needs one case');
  const header = layouts.get('Command').fields.length;
  const constants = [...numbers].map(([name, value]) => `export const ${name} = ${value};`);
  const spaces = [...namespaces].map(
    ([name, entries]) => `export const ${name} = ${record(entries)} as const;`,
  );
  const words = [...layouts]
    .filter(([, { base }]) => base === undefined)
    .map(([name, { fields }]) => {
      const entries = fields.map(({ field }, i) => [field, i]);
      return `export const ${constantName(name)} = ${record(entries)} as const;`;
    });
  const commands = cases.map(([operation, owner]) => {
    const { base, fields } = layouts.get(owner) ?? {};
    if (base !== 'Command') throw new Error(`${owner}: must extend Command`);
    const names = fields.map(({ field }) => `'${field}'`);
    const floats = fields.filter(({ type }) => type === 'f32').map(({ field }) => `'${field}'`);
    const layout = `commandLayout(${operations.get(operation)}, ${header}, [${names.join(', ')}], [${floats.join(', ')}])`;
    return `export const ${operation} = /* @__PURE__ */ ${layout};`;
  });
  const parts = [constants.join('\n'), ...spaces, ...words, ...commands];
  return [
    '// Made by scripts/codegen.mjs from assembly/. Do not edit.',
    "import { commandLayout } from '../engine/command-layout.js';",
    '',
    ...parts.flatMap((part) => [part, '']),
  ].join('\n');
}
