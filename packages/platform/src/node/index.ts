export { cacheFolder } from './cache-folder.js';
export { aboutFile, isSystemError, type SystemError } from './file-errors.js';
export { type FolderLock, FolderLockedError, type LockOwner, lockFolder } from './folder-lock.js';
export { makeFolder } from './make-folder.js';
export { type FileContent, isLeftOver, replaceFile, replaceFiles } from './replace-file.js';
export {
  NotAFileError,
  openFile,
  readAt,
  readInput,
  readWholeFile,
  readWholeFiles,
  TruncatedFileError,
  writeWhole,
} from './whole-files.js';
