export { type OfflineOptions, offline } from './offline.js';
export { type PageOptions, pageBuild } from './page-build.js';
export type { PageTexts } from './page-texts.js';
