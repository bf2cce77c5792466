/**
 * A block marked `js run` can be edited and run in the page. CI runs it too (`npm run examples`), as it runs every block.
 * @param {import('markdown-it').default} md
 */
export function runnableCode(md) {
  // A block that stands indented can be scrolled by keyboard, too.
  md.renderer.rules.code_block = (tokens, index) =>
    `<pre v-pre tabindex="0"><code>${md.utils.escapeHtml(tokens[index].content)}</code></pre>\n`;
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const token = tokens[index];
    if (token.info.trim() !== 'js run') return fence(tokens, index, ...rest);
    token.info = 'js';
    return `<RunnableCode code="${encodeURIComponent(token.content)}">${fence(tokens, index, ...rest)}</RunnableCode>`;
  };
}
