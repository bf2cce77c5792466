import { registerKernels } from './register-kernels.js';

export { registerKernels };

registerKernels();
