#!/usr/bin/env node
import { runProgram } from '@throughtime/command-line';
import { commands, createProgram } from './program.js';

await runProgram(createProgram(), process.argv.slice(2), commands);
