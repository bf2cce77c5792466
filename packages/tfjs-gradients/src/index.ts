import { registerGradients } from './register-gradients.js';

export { registerGradients };

registerGradients();
