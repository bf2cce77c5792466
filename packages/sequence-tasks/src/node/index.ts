export { loadTask, saveTask } from './task-directory.js';
