export { type CheckpointFolderOptions, checkpointFolder } from './checkpoint-folder.js';
