export { cacheFolder } from '@throughtime/platform/node';
export { downloadFile } from './download-file.js';
export { type ExtractZipOptions, extractZip } from './extract-zip.js';
export { readSeriesFile } from './read-series-file.js';
export { type TextFile, textFiles } from './text-files.js';
