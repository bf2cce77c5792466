/** Exchanges what two arrays of one length hold. */
export function exchangeArrays(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < a.length; i++) {
    const kept = a[i];
    a[i] = b[i];
    b[i] = kept;
  }
}
