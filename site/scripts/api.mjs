// The API reference: one page of Markdown per entry point of every public package, from its docstrings; of a large one, a page for each of its
// folders as well.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Application, DeclarationReflection, OptionDefaults, ReflectionGroup, ReflectionKind } from 'typedoc';
import { members, root } from '../../scripts/workspace.mjs';

/**
 * @typedef {object} EntryPoint
 * @property {string} name  what a program imports: `@throughtime/lang-model/node`
 * @property {string} page  the page's name: `lang-model-node`
 * @property {string} source  the TypeScript file
 * @property {string} description
 */

/** The entry points of the packages that are published. @returns {EntryPoint[]} */
export function entryPoints() {
  return members()
    .filter(({ folder, manifest }) => folder.startsWith('packages/') && !manifest.private)
    .flatMap(({ folder, manifest }) =>
      Object.entries(manifest.exports)
        .filter(
          ([, target]) => typeof target === 'object' && /\.ts$/.test(target['@throughtime/source'] ?? ''),
        )
        .map(([path, target]) => ({
          name: `${manifest.name}${path.slice(1)}`,
          page: `${folder.slice('packages/'.length)}${path.slice(1).replaceAll('/', '-')}`,
          source: join(root, folder, target['@throughtime/source']),
          description: manifest.description,
        })),
    );
}

/** Exported names with all that they have, of an entry point that one page holds: more keep a phone busy for seconds. */
const mostOnPage = 300;

/**
 * @typedef {object} Part  what one folder of a large entry point exports
 * @property {string} page  `lang-model/generation`
 * @property {string} title
 */

/**
 * Writes the pages into a folder.
 * @param {string} folder
 */
export async function writeApiPages(folder) {
  mkdirSync(folder, { recursive: true });
  const entries = entryPoints();
  // The sources resolve one another by a condition, as type checks in the workspace do: nothing need be built.
  const tsconfig = join(folder, '../tsconfig.api.json');
  writeFileSync(
    tsconfig,
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        noEmit: true,
        customConditions: ['@throughtime/source'],
        typeRoots: [join(root, 'node_modules/@types')],
      },
      files: entries.map(({ source }) => source),
    }),
  );
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: entries.map(({ source }) => source),
    tsconfig,
    skipErrorChecking: true,
    excludeExternals: true,
    outputs: [{ name: 'markdown', path: folder }],
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
    readme: 'none',
    outputFileStrategy: 'modules',
    logLevel: 'Error',
    blockTags: [...OptionDefaults.blockTags, '@source'],
    ...markdown,
  });
  const project = await app.convert();
  if (!project) throw new Error('TypeDoc could not read the packages');
  withoutInheritedOfErrors(project);
  for (const module of project.children ?? []) {
    const entry = entries.find(({ source }) => moduleName(source) === module.name);
    if (!entry) throw new Error(`no entry point for TypeDoc's module ${module.name}`);
    module.name = entry.page;
  }
  const parts = new Map(entries.map((entry) => [entry.page, divided(project, entry.page)]));
  await app.generateOutputs(project);
  for (const { name, page } of entries) {
    const own = parts.get(page) ?? [];
    const rows = own.map((part) => {
      const opening = `A part of [${name}](../${page}.md).\n`;
      return partRow(part, finish(join(folder, `${part.page}.md`), `${name}: ${part.title}`, name, opening));
    });
    const table = rows.length === 0 ? '' : `| part | what it exports |\n| --- | --- |\n${rows.join('\n')}\n`;
    finish(join(folder, `${page}.md`), name, name, table);
  }
  rmSync(join(folder, 'README.md'));
  writeFileSync(join(folder, 'index.md'), index(entries));
}

/**
 * Puts a heading and the line that imports over a page.
 * @param {string} file
 * @param {string} title
 * @param {string} name  what a program imports
 * @param {string} opening  below that line
 * @returns {string} the page
 */
function finish(file, title, name, opening) {
  const head = `# ${title}\n\n\`\`\`js\nimport { ... } from '${name}';\n\`\`\`\n\n${opening}`;
  const text = readFileSync(file, 'utf8')
    .replace(/^# .*\n/, () => head)
    // VitePress has no underscores in anchors, TypeDoc has.
    .replace(/(\]\([^)\s]*#)([\w-]+)\)/g, (_, link, anchor) => `${link}${anchor.replaceAll('_', '-')})`);
  const page = withFences(text);
  writeFileSync(file, page);
  return page;
}

/**
 * Moves what the folders of a large entry point export to pages of their own; what stands beside the folders stays.
 * @param {import('typedoc').ProjectReflection} project
 * @param {string} page  the entry point's
 * @returns {Part[]}
 */
function divided(project, page) {
  const module = project.children?.find(({ name }) => name === page);
  if (!module?.children || sizeOf(module) <= mostOnPage) return [];
  /** @type {Map<string, import('typedoc').DeclarationReflection[]>} */
  const folders = new Map();
  for (const child of module.children) {
    const path = project.getSymbolIdFromReflection(child)?.packagePath ?? '';
    const folder = /^src\/([^/]+)\//.exec(path)?.[1];
    if (folder !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), child]);
  }
  return [...folders].map(([folder, children]) => {
    const part = new DeclarationReflection(`${page}/${folder}`, ReflectionKind.Module, project);
    project.registerReflection(part, undefined, undefined);
    project.addChild(part);
    part.children = children;
    part.groups = groupsOf(module, part, (child) => children.includes(child));
    for (const child of children) child.parent = part;
    module.children = module.children?.filter((child) => !children.includes(child));
    module.groups = groupsOf(module, module, (child) => !children.includes(child));
    return { page: part.name, title: folder.replaceAll('-', ' ') };
  });
}

/** How many reflections there are within one. @param {import('typedoc').DeclarationReflection} of @returns {number} */
function sizeOf(of) {
  let size = 0;
  of.traverse((child) => {
    size += 1 + sizeOf(/** @type {import('typedoc').DeclarationReflection} */ (child));
    return true;
  });
  return size;
}

/**
 * Those of a module's groups that are not empty without the children that another does not have.
 * @param {import('typedoc').DeclarationReflection} module
 * @param {import('typedoc').DeclarationReflection} owner
 * @param {(child: unknown) => boolean} isOwn
 */
function groupsOf(module, owner, isOwn) {
  return (module.groups ?? []).flatMap(({ title, children }) => {
    const group = new ReflectionGroup(title, owner);
    group.children = children.filter(isOwn);
    return group.children.length > 0 ? [group] : [];
  });
}

/**
 * A part with a link to each name that it exports.
 * @param {Part} part
 * @param {string} text  of its page
 */
function partRow({ page, title }, text) {
  /** @type {Set<string>} */
  const anchors = new Set();
  /** @type {string[]} */
  const names = [];
  for (const [, marks, escaped] of text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^(#+) (.+)$/gm)) {
    const heading = escaped.replaceAll('\\', '').replace('`abstract` ', '');
    // As VitePress makes them.
    const slug = escaped
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .toLowerCase();
    let anchor = slug;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`;
    anchors.add(anchor);
    if (marks === '###') names.push(`[\`${heading}\`](./${page}.md#${anchor})`);
  }
  return `| [${title}](./${page}.md) | ${names.join(', ')} |`;
}

/**
 * Leaves what an error class has from its base: `message`, `stack` and the like stand on the base's own page, and would be most of the pages.
 * @param {import('typedoc').ProjectReflection} project
 */
function withoutInheritedOfErrors(project) {
  for (const member of Object.values(project.reflections)) {
    const of = member.parent;
    if (member.inheritedFrom && of?.kindOf(ReflectionKind.Class) && of.name.endsWith('Error'))
      project.removeReflection(member);
  }
  // The groups under which members are listed do not hear of it.
  for (const declared of project.getReflectionsByKind(ReflectionKind.Class)) {
    if (!declared.isDeclaration() || !declared.groups) continue;
    for (const group of declared.groups)
      group.children = group.children.filter((child) => declared.children?.includes(child));
    declared.groups = declared.groups.filter(({ children }) => children.length > 0);
  }
}

/**
 * Formulas and code that stand indented in docstrings, as fenced blocks: those can be scrolled by keyboard, and have colors. TypeDoc has put a
 * backslash before their brackets, as in prose.
 * @param {string} text Markdown
 */
function withFences(text) {
  return text
    .split(/(^```[\s\S]*?^```$)/gm)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part.replace(/(?<=\n\n)(?: {4}.*\n(?:\n(?= {4}))*)+/g, (block) => {
            const code = block.replace(/^ {4}/gm, '').replace(/\\([<>{}[\]|*_`\\])/g, '$1');
            return `\`\`\`${/[;{]$|=>/m.test(code) ? 'ts' : 'text'}\n${code}\`\`\`\n`;
          }),
    )
    .join('');
}

/** The list of all entry points. @param {readonly EntryPoint[]} entries */
function index(entries) {
  const rows = entries.map(
    ({ name, page, description }) =>
      `| [${name}](./${page}.md) | ${name.split('/').length > 2 ? '' : description} |`,
  );
  return `# API reference

Every exported name with its options, defaults and errors, from the docstrings in the code. What a package is for, with examples, stands on
its own page under "Packages". \`/node\` has what reads and writes files, \`/tfjs\` what needs tfjs.

| import | what it is for |
| --- | --- |
${rows.join('\n')}
`;
}

/** What TypeDoc calls the module of a source file. @param {string} source */
function moduleName(source) {
  return relative(join(root, 'packages'), source)
    .replaceAll(sep, '/')
    .replace(/(\/index)?\.ts$/, '');
}

/** How typedoc-plugin-markdown lays a page out: tables, so that every option stands beside its default. */
const markdown = {
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  // Docstrings name `<unk>` and the like: Vue would take them for elements.
  sanitizeComments: true,
  expandObjects: false,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  enumMembersFormat: 'table',
  propertyMembersFormat: 'table',
  // Defaults stand in the descriptions, with their reasons.
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    hideSources: true,
  },
};
