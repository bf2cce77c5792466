export { chromiumFlags, chromiumPath } from './chromium.js';
export { pageHeaders } from './page-headers.js';
export { type FolderServer, PageMissingError, type ServeOptions, serveFolders } from './serve-folders.js';
