export { readArpaFile, writeArpaFile } from './arpa-file.js';
export { loadModel, loadNgramModel, saveModel, saveNgramModel } from './model-directory.js';
