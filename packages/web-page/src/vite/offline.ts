import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { serviceWorkerSource } from './service-worker-source.js';

/**
 * Adds `service-worker.js` to a build, which keeps all of the build's files in the browser (`keepOffline` registers it), and
 * prints what they weigh compressed.
 */
export function offline(): Plugin {
  let folder = '';
  return {
    name: 'throughtime:offline',
    apply: 'build',
    // Workers are builds of their own: the page's build, which ends last, sees all files.
    applyToEnvironment: ({ name }) => name === 'client',
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir);
    },
    closeBundle: {
      sequential: true,
      handler() {
        const files = filesIn(folder).filter(
          (file) => file !== 'service-worker.js' && !file.endsWith('.map'),
        );
        const contents = files.map((file) => readFileSync(join(folder, file)));
        const hash = createHash('sha256');
        for (const content of contents) hash.update(content);
        const paths = ['./', ...files.filter((file) => file !== 'index.html')];
        writeFileSync(
          join(folder, 'service-worker.js'),
          serviceWorkerSource(paths, hash.digest('hex').slice(0, 16)),
        );
        const bytes = contents.reduce((sum, content) => sum + gzipSync(content).length, 0);
        this.info(`${files.length} files, ${(bytes / 1000).toFixed(0)} kB compressed in all`);
      },
    },
  };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}
