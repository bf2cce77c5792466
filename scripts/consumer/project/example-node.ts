import { example } from './example.js';

console.log(await example());
