export { chromiumFlags, chromiumPath } from './chromium.js';
export { pageHeaders } from './page-headers.js';
export { type FolderServer, type ServeOptions, serveFolders } from './serve-folders.js';
