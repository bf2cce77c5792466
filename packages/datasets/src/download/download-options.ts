import { abortSignal, callback, type OptionChecks, text, whole } from '@throughtime/errors';

/** The progress of a download. */
export interface DownloadProgress {
  /** The name of the data set, or of the file if it is not in the catalog. */
  readonly name: string;
  /** The file's name in the cache. */
  readonly file: string;
  /** Where it is downloaded from. */
  readonly url: string;
  /** Bytes so far, those of an interrupted download included. */
  readonly received: number;
  /** Bytes in all. */
  readonly total: number;
  /** Its license or rights, if known. */
  readonly rights?: string;
}

/** Where files come from, where they are kept, and how long one waits for them. */
export interface DownloadOptions {
  /** Called when a download starts and after every piece. Not called for files in the cache or a mirror's folder. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops the download. The bytes received so far are kept, and the next call continues. */
  readonly signal?: AbortSignal | undefined;
  /** The folder for downloads, in Node. Default: THROUGHTIME_CACHE, or the platform's cache folder. */
  readonly cache?: string | undefined;
  /** A folder (in Node) or base URL where files are looked for by name first. Default: THROUGHTIME_MIRROR, or none. */
  readonly mirror?: string | undefined;
  /** How many milliseconds a connection may be silent, or slower than `leastRate`, before it is given up. Default 30,000. */
  readonly stallTimeout?: number | undefined;
  /** How many bytes must come per second, on average over `stallTimeout`. Default 1,000. */
  readonly leastRate?: number | undefined;
  /** How many milliseconds a file may take, all attempts together. Default 7,200,000, two hours. */
  readonly totalTimeout?: number | undefined;
  /** How many connections in a row may make no progress. Default 4. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt, doubled before each further one. Default 500. */
  readonly retryDelay?: number | undefined;
  /** Makes the requests, for a proxy or credentials. Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** Timers of 2^31 ms and more would end at once. */
const timeout = whole({ from: 1, to: 2 ** 31 - 1 });

export const downloadChecks: OptionChecks<DownloadOptions> = {
  onProgress: callback,
  signal: abortSignal,
  cache: text,
  mirror: text,
  stallTimeout: timeout,
  leastRate: whole({ from: 0 }),
  totalTimeout: timeout,
  attempts: whole({ from: 1 }),
  retryDelay: whole({ from: 0 }),
  fetch: callback,
};
