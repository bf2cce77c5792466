export { readArpaFile, writeArpaFile } from './arpa-file.js';
export { loadModel, loadNgramModel, savedRunIn, saveModel, saveNgramModel } from './model-directory.js';
