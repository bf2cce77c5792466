export { cacheFolder } from '../download/node-file-store.js';
export { downloadFile } from './download-file.js';
export { type ExtractZipOptions, extractZip } from './extract-zip.js';
export { readSeriesFile } from './read-series-file.js';
export { type TextFile, textFiles } from './text-files.js';
