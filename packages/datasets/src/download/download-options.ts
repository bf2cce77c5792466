import { abortSignal, callback, type OptionChecks, text, whole } from '@throughtime/errors';

/** How far a download has come. */
export interface DownloadProgress {
  /** The data set, for the catalogue's; otherwise the file. */
  readonly name: string;
  readonly file: string;
  /** Where it is read from. */
  readonly url: string;
  /** Bytes so far, those of an interrupted download included. */
  readonly received: number;
  /** Bytes in all. */
  readonly total: number;
  /** Under what license or rights it comes, where known. */
  readonly rights?: string;
}

export interface DownloadOptions {
  /** Called when a download starts and for every piece of it; not called for what is cached or in a mirror's folder. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops the download; what has come is kept, and continued the next time. */
  readonly signal?: AbortSignal | undefined;
  /** The folder for downloads, in Node. Default: THROUGHTIME_CACHE, or the platform's cache folder. */
  readonly cache?: string | undefined;
  /** A folder (in Node) or base URL where files are looked for by name first. Default: THROUGHTIME_MIRROR, or none. */
  readonly mirror?: string | undefined;
  /** Milliseconds without a byte after which a connection is given up. Default 30,000. */
  readonly stallTimeout?: number | undefined;
  /** Connections tried one after another without progress before giving up. Default 4. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt, doubled before each further one. Default 500. */
  readonly retryDelay?: number | undefined;
  /** What makes requests, for those who need a proxy or credentials. Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

export const downloadChecks: OptionChecks<DownloadOptions> = {
  onProgress: callback,
  signal: abortSignal,
  cache: text,
  mirror: text,
  stallTimeout: whole({ from: 1 }),
  attempts: whole({ from: 1 }),
  retryDelay: whole({ from: 0 }),
  fetch: callback,
};
