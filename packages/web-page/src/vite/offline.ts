import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkOptions, list, nonEmptyText, type OptionChecks } from '@throughtime/errors';
import type { Plugin } from 'vite';
import { serviceWorkerSource } from './service-worker-source.js';

export interface OfflineOptions {
  /** Files that the page never asks for, by the beginning of their names: data of packages that it uses for other data. */
  readonly leaveOut?: readonly string[];
}

export const offlineChecks: OptionChecks<OfflineOptions> = { leaveOut: list(nonEmptyText) };

/**
 * Adds `service-worker.js` to a build, which keeps the build's files in the browser (`keepOffline` registers it), and
 * prints what they weigh compressed. The build fails when there is nothing to leave out by one of the names given.
 */
export function offline(options: OfflineOptions = {}): Plugin {
  checkOptions<OfflineOptions>(options, offlineChecks);
  const { leaveOut = [] } = options;
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
        const built = filesIn(folder).filter(
          (file) => file !== 'service-worker.js' && !file.endsWith('.map'),
        );
        const files = built.filter((file) => !leaveOut.some((name) => basename(file).startsWith(name)));
        for (const name of leaveOut)
          if (!built.some((file) => basename(file).startsWith(name)))
            this.error(`leaveOut: expected files of the build, got '${name}'`);
        const contents = files.map((file) => readFileSync(join(folder, file)));
        const hash = createHash('sha256');
        for (const content of contents) hash.update(content);
        const paths = ['./', ...files.filter((file) => file !== 'index.html')];
        writeFileSync(
          join(folder, 'service-worker.js'),
          serviceWorkerSource(paths, hash.digest('hex').slice(0, 16)),
        );
        const bytes = contents.reduce((sum, content) => sum + gzipSync(content).length, 0);
        this.info(`${files.length} files, ${(bytes / 1000).toFixed(0)} kB compressed are kept offline`);
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
