#!/usr/bin/env node
import { runProgram } from '@throughtime/command-line';
import { Command } from 'commander';
import { evaluateCommand } from './commands/evaluate.js';
import { exportCommand } from './commands/export.js';
import { ngramCommand } from './commands/ngram.js';
import { sampleCommand } from './commands/sample.js';
import { trainCommand } from './commands/train.js';

const program = new Command('generate')
  .description(
    'Train, sample and evaluate language models. Each command explains itself: generate train --help',
  )
  .addCommand(trainCommand())
  .addCommand(ngramCommand())
  .addCommand(sampleCommand())
  .addCommand(evaluateCommand())
  .addCommand(exportCommand());

await runProgram(program, process.argv.slice(2));
