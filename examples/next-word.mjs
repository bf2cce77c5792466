// Suggestions while one types: builds a page of one file, out/exercises/examples/next-word.html, and asks the same model here.
// node examples/next-word.mjs, then open the file in a browser: it needs no server and no network.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadText } from '@throughtime/datasets';
import { build } from 'esbuild';
import { suggester } from './next-word/suggest.js';

const { text } = await loadText('alice');
const suggest = suggester(text);
for (const typed of ['the mock ', 'said the ', '“What do you ', 'the White Rab', 'the Rabbit, and then '])
  console.log(`${typed.padEnd(24)}${suggest(typed).join(', ')}`);

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('next-word/page.js', import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
});
const script = outputFiles[0].text.replaceAll('</script', '<\\/script');
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The next word</title>
<style>body { font: 1.2rem sans-serif; margin: 2rem auto; max-width: 40rem } textarea { font: inherit; width: 100% }
button { font: inherit; margin: 0.5rem 0.5rem 0 0 }</style>
<label>Write as Alice would <textarea rows="4" autofocus></textarea></label>
<div id="words"></div>
<script type="module">${script}</script>
</html>
`;
await mkdir('out/exercises/examples', { recursive: true });
await writeFile('out/exercises/examples/next-word.html', page);
console.log(`next-word.html: ${(page.length / 1000).toFixed(0)} kB`);
