/**
 * A block marked `js run` can be edited and run in the page. CI runs it too (`npm run examples`), as it runs every block.
 * @param {import('markdown-it').default} md
 */
export function runnableCode(md) {
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const token = tokens[index];
    if (token.info.trim() !== 'js run') return fence(tokens, index, ...rest);
    token.info = 'js';
    return `<RunnableCode code="${encodeURIComponent(token.content)}">${fence(tokens, index, ...rest)}</RunnableCode>`;
  };
}
