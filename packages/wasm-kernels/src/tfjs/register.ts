import { registerKernels } from './registerKernels.js';

export { registerKernels };

registerKernels();
