export { accessibilityViolations } from './accessibility-violations.js';
export { clippedSelects } from './clipped-selects.js';
export { dragFiles } from './drag-files.js';
export { type FirstLoad, firstLoad } from './first-load.js';
export { keptOffline } from './kept-offline.js';
export { type MainThreadTasks, mainThreadTasks } from './main-thread-tasks.js';
export { type OpenPage, PageBrowser, patience, type VisitOptions } from './page-browser.js';
