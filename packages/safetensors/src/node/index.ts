export { replaceFile } from './replace-file.js';
export { readSafetensorsFile, writeSafetensorsFile } from './safetensors-file.js';
