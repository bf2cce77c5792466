import { resolve } from 'node:path';
import envPaths from 'env-paths';

/** The folder for what can be had again: THROUGHTIME_CACHE, or `throughtime` in the platform's cache folder. */
export function cacheFolder(): string {
  return resolve(process.env.THROUGHTIME_CACHE || envPaths('throughtime', { suffix: '' }).cache);
}
