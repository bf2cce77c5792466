import { anything, checkOptions, list, nonEmptyText, required } from '@throughtime/errors';
import type { UserConfig } from 'vite';
import { type OfflineOptions, offline, offlineChecks } from './offline.js';
import { type PageTexts, pageTexts } from './page-texts.js';
import { preloadChunks } from './preload-chunks.js';
import { shareImage } from './share-image.js';

export interface PageOptions<W = unknown> extends OfflineOptions {
  /** The folder with the page's index.html. */
  readonly root: string;
  /** Where the built page goes. */
  readonly outDir: string;
  /** What `{group.name}` in index.html stands for. Default: its texts stand in it. */
  readonly texts?: PageTexts<W>;
  /** The address that the page will have, with a slash at its end, for its image in links. Default: not known. */
  readonly address?: string | undefined;
  /** Modules that the page imports later, by name without an ending, to be loaded together with it. Default: none. */
  readonly preload?: readonly string[];
}

/** How a page is built: static files that work under any path of any server, offline once loaded. */
export function pageBuild<W = unknown>(options: PageOptions<W>): UserConfig {
  checkOptions<PageOptions<W>>(options, {
    ...offlineChecks,
    root: required(nonEmptyText),
    outDir: required(nonEmptyText),
    texts: anything,
    address: nonEmptyText,
    preload: list(nonEmptyText),
  });
  const { root, outDir, leaveOut = [], texts, address, preload = [] } = options;
  return {
    root,
    base: './',
    plugins: [
      offline({ leaveOut }),
      ...(texts ? [pageTexts(texts)] : []),
      shareImage(address),
      preloadChunks(preload),
    ],
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
