export { type EncodeFileOptions, encodeFile } from './encode-file.js';
export { loadTokenizer, loadVocabulary, saveTokenizer, saveVocabulary } from './json-files.js';
export { type ReadTextOptions, readText } from './read-text.js';
