export { type FolderLock, FolderLockedError, type LockOwner, lockFolder } from './folder-lock.js';
export { isLeftOver, replaceFile } from './replace-file.js';
export { readAt, readWholeFile, TruncatedFileError, writeWhole } from './whole-files.js';
