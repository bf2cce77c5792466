// Writes assembly/generated/: functions that differ in one constant only, made from one inlined function each.
//
// The compiler folds the constant, so every function is as small as if written by hand. V8 optimizes each one as soon as it
// proves hot, and keeps its registers: inlined into one switch they would spill, and run at half the speed.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';

const assembly = new URL('../assembly/', import.meta.url);
const generated = new URL('generated/', assembly);

/**
 * @typedef {object} Family
 * @property {string} source the file of the inlined function
 * @property {string} template the inlined function, whose first parameter is the constant
 * @property {readonly number[] | string} values the constant's values, or the namespace in `source` that has them
 * @property {string} choose the function to generate that takes the constant as a number
 * @property {boolean} [inline] whether that function is inlined into its callers
 */

/** @type {readonly Family[]} */
const FAMILIES = [
  {
    source: 'products/tile.ts',
    template: 'tile',
    values: [1, 2, 3, 4, 5, 6],
    choose: 'multiplyTile',
    inline: true,
  },
  {
    source: 'products/tile.ts',
    template: 'packed',
    values: [1, 2, 3, 4, 5, 6],
    choose: 'multiplyPackedTile',
    inline: true,
  },
  {
    source: 'products/tile-pair.ts',
    template: 'packedPair',
    values: [1, 2, 3, 4, 5, 6],
    choose: 'multiplyPackedPair',
    inline: true,
  },
  { source: 'tfjs/unary.ts', template: 'unaryOf', values: 'Unary', choose: 'unary' },
  { source: 'tfjs/binary.ts', template: 'binaryOf', values: 'Binary', choose: 'binary' },
  { source: 'tfjs/compare.ts', template: 'compareRowBy', values: 'Comparison', choose: 'compareRow' },
];

const camelCase = (name) =>
  name
    .toLowerCase()
    .split('_')
    .map((word) => word[0].toUpperCase() + word.slice(1))
    .join('');

/** @param {string} source @param {string} template */
function parametersOf(source, template) {
  // linear: our own sources, one class repeated
  const found = new RegExp(`@inline\\nexport function ${template}\\(([^)]*)\\): void`).exec(source);
  if (!found) throw new Error(`no inlined function ${template} that returns nothing`);
  const list = found[1].split(',').map((parameter) => parameter.trim());
  const parameters = list.filter(Boolean).map((parameter) => parameter.split(': '));
  return parameters.map(([name, type]) => ({ name, type }));
}

/** @param {Family} family @param {string} source */
function constantsOf({ values, template }, source) {
  if (Array.isArray(values)) return values.map((value) => ({ name: `${template}${value}`, constant: value }));
  // linear: our own sources, one class repeated
  const body = new RegExp(`export namespace ${values} \\{\\n([^}]*)^\\}`, 'm').exec(source)[1];
  return [...body.matchAll(/export const (\w+): i32/g)].map(([, name]) => ({
    name: `${template}${camelCase(name)}`,
    constant: `${values}.${name}`,
  }));
}

/** @param {Family} family @param {string} source */
function variantsOf(family, source) {
  const [first, ...others] = parametersOf(source, family.template);
  const constants = constantsOf(family, source);
  const rest = others.map(({ name, type }) => `${name}: ${type}`).join(', ');
  const given = others.map(({ name }) => name).join(', ');
  const functions = constants.map(
    ({ name, constant }) =>
      `export function ${name}(${rest}): void {\n  ${family.template}(${constant}, ${given});\n}`,
  );
  const cases = constants.map(({ name, constant }, i) =>
    i === constants.length - 1
      ? `    default:\n      ${name}(${given});`
      : `    case ${constant}:\n      ${name}(${given});\n      break;`,
  );
  const choose = `${first.name}: ${first.type}, ${rest}`;
  return {
    names: constants.map(({ name }) => name),
    functions,
    choice: `${family.inline ? '@inline\n' : ''}export function ${family.choose}(${choose}): void {\n  switch (${first.name}) {\n${cases.join('\n')}\n  }\n}`,
  };
}

/** @param {string} name @param {string[]} parts */
async function write(name, parts) {
  const temporary = new URL(`${name}.${process.pid}`, generated);
  await writeFile(
    temporary,
    `// Made by scripts/assembly-variants.mjs. Do not edit.\n${parts.join('\n\n')}\n`,
  );
  await rename(temporary, new URL(name, generated));
}

/**
 * For each source, such as products/tile.ts, two files: generated/tile.ts has the variants, and generated/choose-tile.ts the
 * functions that choose one. They are apart so that an entry can export all variants: what is exported is not inlined.
 */
export async function writeVariants() {
  await mkdir(generated, { recursive: true });
  for (const path of new Set(FAMILIES.map(({ source }) => source))) {
    const families = FAMILIES.filter(({ source }) => source === path);
    const source = await readFile(new URL(path, assembly), 'utf8');
    const made = families.map((family) => variantsOf(family, source));
    const name = path.slice(path.lastIndexOf('/') + 1, -'.ts'.length);
    const from = `'../${path.slice(0, -'.ts'.length)}'`;
    const spaces = families.flatMap(({ values }) => (typeof values === 'string' ? [values] : []));
    const templates = families.map(({ template }) => template);
    const variants = made.flatMap(({ names }) => names);
    await write(`${name}.ts`, [
      `import { ${[...templates, ...spaces].join(', ')} } from ${from};`,
      ...made.flatMap(({ functions }) => functions),
    ]);
    await write(`choose-${name}.ts`, [
      `import { ${variants.join(', ')} } from './${name}';`,
      ...spaces.map((space) => `import { ${space} } from ${from};`),
      ...made.map(({ choice }) => choice),
    ]);
  }
}
