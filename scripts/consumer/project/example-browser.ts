import { example } from './example.js';

document.title = `done: ${await example()}`;
