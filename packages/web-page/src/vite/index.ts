export { engineOnly } from './engine-only.js';
export { type OfflineOptions, offline } from './offline.js';
export { type PageOptions, pageBuild } from './page-build.js';
