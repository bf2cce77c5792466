/** Where binary-file.ts is Node's, this is for browsers: they read no files, so a binary is there once it was loaded. */
export function readBinaryFile(_name: string): Uint8Array<ArrayBuffer> | undefined {
  return undefined;
}
