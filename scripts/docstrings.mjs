// Every name that a public package exports says what it is, and so does every member of an exported interface, object type or class: an
// editor shows them. The main entry of a package has an `@example` on one of its names at least.
//
// A member needs none that a class overrides from what it implements or extends, for editors show the inherited one.
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseSync } from 'oxc-parser';
import { entryFiles, exportsOf } from './exported-names.mjs';
import { sourceFiles } from './source-files.mjs';
import { libraries, root } from './workspace.mjs';

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each name or member without a docstring
 */
export function docstringBreaches(base = root) {
  const all = entryFiles(base);
  const published = entryFiles(base, ({ manifest }) => !manifest.private);
  /** @type {Map<string, Map<string, Documented[]>>} file -> its declarations by name */
  const files = new Map();
  /** @type {Set<string>} */
  const breaches = new Set();
  for (const [entry, file] of published) {
    let hasExample = false;
    for (const declared of exportsOf(file, all).values()) {
      const [path, name] = declared.split('#');
      if (!path.endsWith('.ts') || path.includes('/generated/')) continue;
      let declarations = files.get(path);
      if (!declarations) {
        declarations = declarationsIn(path, readFileSync(path, 'utf8'));
        files.set(path, declarations);
      }
      const shown = relative(base, path).split(sep).join('/');
      for (const { line, what, docstring } of declarations.get(name) ?? []) {
        if (docstring === undefined) breaches.add(`${shown}:${line}: ${what} has no docstring`);
        hasExample ||= docstring?.includes('@example') ?? false;
      }
    }
    if (!hasExample)
      breaches.add(
        `${entry}: none of its names has an @example (${relative(base, file).split(sep).join('/')})`,
      );
  }
  return [...breaches].sort();
}

/**
 * @typedef {object} Documented  a declaration, or a member of one
 * @property {number} line
 * @property {string} what what to call it in a message
 * @property {string | undefined} docstring
 */

/**
 * Every declaration at the top of a file, with what its readers see of it.
 * @param {string} path
 * @param {string} source
 */
function declarationsIn(path, source) {
  const { program, comments } = parseSync(path, source);
  const docstrings = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'));
  /** @param {number} start @returns {string | undefined} the docstring that ends right before a place */
  const before = (start) => {
    const found = docstrings.findLast(({ end }) => end <= start);
    // TypeScript looks past line comments between them.
    return found && /^(?:\s|\/\/.*\n)*$/.test(source.slice(found.end, start)) ? found.value : undefined;
  };
  /** @param {number} start */
  const lineOf = (start) => source.slice(0, start).split('\n').length;
  /** @type {Map<string, Documented[]>} */
  const found = new Map();
  for (const statement of program.body) {
    const isExport = statement.type === 'ExportNamedDeclaration';
    const declaration = isExport ? statement.declaration : statement;
    if (!declaration) continue;
    const names =
      declaration.type === 'VariableDeclaration'
        ? declaration.declarations.map(({ id }) => (id.type === 'Identifier' ? id.name : undefined))
        : ['id' in declaration && declaration.id?.type === 'Identifier' ? declaration.id.name : undefined];
    for (const name of names) {
      if (name === undefined) continue;
      const own = { line: lineOf(statement.start), what: `'${name}'`, docstring: before(statement.start) };
      const members = membersOf(declaration).map(({ node, member }) => ({
        line: lineOf(node.start),
        what: `'${name}.${member}'`,
        docstring: before(node.start),
      }));
      const earlier = found.get(name);
      // Overloads, or a type beside a value of its name: the first one's docstring is shown.
      if (earlier) earlier.push(...members);
      else found.set(name, [own, ...members]);
    }
  }
  return found;
}

/** The members of an interface, of an object type (and of unions and intersections of them), and the public ones of a class. */
/** @param {import('oxc-parser').Statement | import('oxc-parser').Declaration} declaration @returns {{ node: { start: number }, member: string }[]} */
function membersOf(declaration) {
  if (declaration.type === 'TSInterfaceDeclaration') return signatures(declaration.body.body);
  if (declaration.type === 'TSTypeAliasDeclaration') return inType(declaration.typeAnnotation);
  if (declaration.type !== 'ClassDeclaration') return [];
  const inherits = declaration.superClass !== null || (declaration.implements ?? []).length > 0;
  const seen = new Set();
  return declaration.body.body.flatMap((node) => {
    if (node.type !== 'MethodDefinition' && node.type !== 'PropertyDefinition') return [];
    if (node.key.type === 'PrivateIdentifier' || node.computed) return [];
    if (node.accessibility === 'private' || node.accessibility === 'protected') return [];
    if (node.type === 'MethodDefinition' && node.kind === 'constructor') return [];
    const member = nameOf(node.key);
    // Overloads and the second of a pair of accessors.
    if (seen.has(member)) return [];
    seen.add(member);
    return inherits && !node.static ? [] : [{ node, member }];
  });
}

/** @param {import('oxc-parser').TSType} type @returns {{ node: { start: number }, member: string }[]} */
function inType(type) {
  if (type.type === 'TSTypeLiteral') return signatures(type.members);
  if (type.type === 'TSUnionType' || type.type === 'TSIntersectionType') return type.types.flatMap(inType);
  if (type.type === 'TSParenthesizedType') return inType(type.typeAnnotation);
  return [];
}

/** @param {readonly import('oxc-parser').TSSignature[]} members */
function signatures(members) {
  return members.flatMap((node) => {
    if (node.type !== 'TSPropertySignature' && node.type !== 'TSMethodSignature') return [];
    const member = nameOf(node.key);
    // What tells the members of a union apart says so by its name and value.
    const isTag =
      node.type === 'TSPropertySignature' && node.typeAnnotation?.typeAnnotation.type === 'TSLiteralType';
    return isTag ? [] : [{ node, member }];
  });
}

/** @param {{ type: string, name?: unknown, value?: unknown }} key */
function nameOf(key) {
  return String(key.type === 'Identifier' ? key.name : (key.value ?? '[computed]'));
}

/**
 * The code of every `@example` of the public packages, each complete with its imports: what the types are checked of.
 * @param {string} base the workspace's root
 * @returns {{ file: string, number: number, code: string }[]}
 */
export function docstringExamples(base = root) {
  const published = libraries(base);
  return published
    .flatMap(({ folder }) => sourceFiles(join(base, folder, 'src')))
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const source = readFileSync(file, 'utf8');
      if (!source.includes('@example')) return [];
      const blocks = [...source.matchAll(/^ *\* @example\n *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm)];
      return blocks.map(([, code], i) => ({
        file: relative(base, file).split(sep).join('/'),
        number: i + 1,
        code: code.replaceAll(/^ *\* ?/gm, ''),
      }));
    });
}
