export { type KernelDigestsOptions, kernelDigests } from './kernel-digests.js';
export { useWideVectors, WideVectorsError, type WideVectorsOptions } from './wide-vectors.js';
