// llms.txt (https://llmstxt.org): what the site has, for language models that help people with it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} file
 * @param {string} pages  the folder of the pages
 * @param {string} base  under which the site is served
 * @param {readonly { text: string, pages: readonly string[] }[]} sections
 * @param {(page: string) => string} titleOf
 */
export function writeLlmsTxt(file, pages, base, sections, titleOf) {
  const list = sections
    .map(({ text, pages: listed }) => {
      const lines = listed.map(
        (page) =>
          `- [${titleOf(page)}](${base}${page.replace(/\.md$/, '.html')})${opening(join(pages, page))}`,
      );
      return `## ${text}\n\n${lines.join('\n')}\n`;
    })
    .join('\n');
  writeFileSync(
    file,
    `# throughtime

> Recurrent sequence models for TypeScript: prepare text and time series, train RNNs, GRUs and LSTMs with backpropagation through
> time, compare them with baselines, generate text and forecast series, in Node and in the browser.

The packages are ES modules named @throughtime/NAME. They need Node 20.19 or a browser with WebAssembly SIMD. In a browser call
\`await loadEngine()\` (of @throughtime/wasm-kernels, also exported by lang-model) before making a model. Randomness is always a
\`Random\` that you pass: \`Random.seeded(1)\`. Weights have PyTorch's names, shapes and gate order.

${list}`,
  );
}

/** The first sentence of a page's prose. @param {string} file */
function opening(file) {
  const prose = readFileSync(file, 'utf8')
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/^```[\s\S]*?^```$/gm, '')
    .split(/\n\s*\n/)
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .find((part) => /^[A-Z`*[]/.test(part));
  const sentence = prose?.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').match(/^.*?[.:](?= |$)/)?.[0];
  return sentence ? `: ${sentence}` : '';
}
