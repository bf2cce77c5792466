import type { RemoteFile } from '../catalogue/entry.js';

/** A file that was found, with the size and hash that it should have. */
export interface FoundFile {
  readonly bytes: Uint8Array;
  /** Where it lies, in Node. */
  readonly path?: string;
}

/** What has come of a download. One writer at a time has it. */
export interface PartialFile {
  readonly size: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Forgets what has come. */
  clear(): Promise<void>;
  /** Keeps the file if it has the size and hash that it should have; clears it and says false if it has not. */
  commit(): Promise<boolean>;
  /** Leaves what has come for another time. To be called at the end, whatever happened. */
  release(): Promise<void>;
}

/** Where downloads are kept: a folder in Node, the Cache API in browsers. */
export interface FileStore {
  /** A base URL to try before a file's own. */
  readonly mirrorUrl: string | undefined;
  /** Where a user may put the file by hand, if anywhere. */
  place(file: RemoteFile): string | undefined;
  /** The file, if it is there and right; `refuse` hears of one that is there and wrong. */
  find(file: RemoteFile, refuse: (reason: string) => void): Promise<FoundFile | undefined>;
  /** Continues an interrupted download, or starts one. */
  begin(file: RemoteFile): Promise<PartialFile>;
}

export interface FileStoreOptions {
  readonly cache?: string | undefined;
  readonly mirror?: string | undefined;
}

export function isUrl(place: string): boolean {
  return /^https?:\/\//i.test(place);
}
