export { loadModel, saveModel } from './model-directory.js';
