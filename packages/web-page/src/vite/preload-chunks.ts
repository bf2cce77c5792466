import type { Plugin } from 'vite';

/**
 * Lets the browser load chunks that the page imports later together with the page. The build fails when it has no chunk of one of the names.
 * @param names of chunks, which are those of the modules that they begin with
 */
export function preloadChunks(names: readonly string[]): Plugin {
  return {
    name: 'throughtime:preload-chunks',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
        return names.map((wanted) => {
          const chunk = chunks.find(({ name }) => name === wanted);
          if (chunk === undefined) throw new Error(`preload: expected a chunk of the build, got '${wanted}'`);
          const attrs = { rel: 'modulepreload', crossorigin: true, href: `./${chunk.fileName}` };
          return { tag: 'link', attrs, injectTo: 'head' };
        });
      },
    },
  };
}
