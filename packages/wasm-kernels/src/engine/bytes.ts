/**
 * Bytes in memory of their own, as WebAssembly and `Response` take them. TypeScript calls them `Uint8Array<ArrayBuffer>` since 5.7; this
 * says the same to older ones, which refuse a parameter on `Uint8Array`.
 */
export type Bytes = Uint8Array & { readonly buffer: ArrayBuffer };
