import { registerKernels, TfjsVersionError } from './register-kernels.js';

export { registerKernels, TfjsVersionError };

registerKernels();
