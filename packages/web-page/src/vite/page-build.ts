import { checkOptions, nonEmptyText, required } from '@throughtime/errors';
import type { UserConfig } from 'vite';
import { type OfflineOptions, offline, offlineChecks } from './offline.js';

export interface PageOptions extends OfflineOptions {
  /** The folder with the page's index.html. */
  readonly root: string;
  /** Where the built page goes. */
  readonly outDir: string;
}

/** How a page is built: static files that work under any path of any server, offline once loaded. */
export function pageBuild(options: PageOptions): UserConfig {
  checkOptions<PageOptions>(options, {
    ...offlineChecks,
    root: required(nonEmptyText),
    outDir: required(nonEmptyText),
  });
  const { root, outDir, leaveOut = [] } = options;
  return {
    root,
    base: './',
    plugins: [offline({ leaveOut })],
    // As modules, workers load what is large only when it is needed.
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // The policy forbids inline scripts, and data: addresses for scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1000,
    },
  };
}
