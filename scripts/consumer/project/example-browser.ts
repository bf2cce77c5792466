import { example } from './example.js';

const output = document.createElement('output');
output.textContent = await example();
document.body.append(output);
