export { type CheckpointFolderOptions, checkpointFolder } from './checkpoint-folder.js';
export { csvFile, jsonLinesFile, tensorBoardFile } from './log-files.js';
