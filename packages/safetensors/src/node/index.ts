export { readWholeFile } from './large-files.js';
export { replaceFile } from './replace-file.js';
export { readSafetensorsFile, readSafetensorsHeader, writeSafetensorsFile } from './safetensors-file.js';
