export { readArpaFile, writeArpaFile } from '../ngram/node/arpa-file.js';
export { loadNgramModel, saveNgramModel } from '../ngram/node/ngram-directory.js';
export { loadModel, saveModel } from './model-directory.js';
