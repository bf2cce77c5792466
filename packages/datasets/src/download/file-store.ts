import type { RemoteFile } from '../catalog/entry.js';

/** A file that was found, with the size and hash that it should have. */
export interface FoundFile {
  readonly bytes: Uint8Array;
  /** Where it lies, in Node. */
  readonly path?: string;
}

/** The bytes of a download so far. It has one writer at a time. */
export interface PartialFile {
  readonly size: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Drops the bytes received so far. */
  clear(): Promise<void>;
  /** Keeps the file if its size and hash are right. Otherwise clears it and returns false. */
  commit(): Promise<boolean>;
  /** Leaves the bytes received so far for another time. Always call it at the end. */
  release(): Promise<void>;
}

/** Where downloads are kept: a folder in Node, the Cache API in browsers. */
export interface FileStore {
  /** A base URL to try before a file's own. */
  readonly mirrorUrl: string | undefined;
  /** Where a user may put the file by hand, if anywhere. */
  place(file: RemoteFile): string | undefined;
  /** The file, if it is there and right. `refuse` is called with the reason if it is there and wrong. */
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
