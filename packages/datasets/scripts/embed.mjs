// Turns every file of `data/` into an ES module of `src/generated/` that exports its text, so that browsers need no file
// system. Bundlers keep only the items that are loaded. Run by `turbo run codegen`; takes a tenth of a second.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const data = new URL('../data/', import.meta.url);
const generated = new URL('../src/generated/', import.meta.url);

mkdirSync(generated, { recursive: true });
const files = readdirSync(data);
for (const file of files) {
  // `fatal`: a byte that is not UTF-8 would otherwise become U+FFFD and change the text.
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
    readFileSync(new URL(file, data)),
  );
  // Declared as `string`: the literal type would put the whole text into the declaration file.
  const source = `// Made from data/${file} by scripts/embed.mjs.\nexport const text: string = ${JSON.stringify(text)};\n`;
  const target = new URL(moduleName(file), generated);
  const beside = new URL(`${moduleName(file)}.${process.pid}`, generated);
  writeFileSync(beside, source);
  renameSync(beside, target);
}

const wanted = new Set(files.map(moduleName));
for (const old of readdirSync(generated)) {
  if (old.endsWith('.ts') && !wanted.has(old)) rmSync(new URL(old, generated));
}

/** @param {string} file */
function moduleName(file) {
  return `${file.replace(/\.[a-z]+$/, '')}.ts`;
}
