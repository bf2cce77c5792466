#!/usr/bin/env node
import { runProgram } from '@throughtime/command-line';
import { sweepCommand } from '@throughtime/sweep';
import { Command } from 'commander';
import { compressCommand, decompressCommand } from './commands/compress.js';
import { datasetsCommand } from './commands/datasets.js';
import { evaluateCommand } from './commands/evaluate.js';
import { exportCommand } from './commands/export.js';
import { infoCommand } from './commands/info.js';
import { ngramCommand } from './commands/ngram.js';
import { sampleCommand } from './commands/sample.js';
import { trainingSweep } from './commands/sweep.js';
import { textStatsCommand } from './commands/text-stats.js';
import { trainCommand } from './commands/train.js';

const program = new Command('generate')
  .description(
    'Train, sample and evaluate language models. Each command explains itself: generate train --help',
  )
  .addCommand(trainCommand())
  .addCommand(sweepCommand(trainingSweep))
  .addCommand(ngramCommand())
  .addCommand(sampleCommand())
  .addCommand(evaluateCommand())
  .addCommand(exportCommand())
  .addCommand(textStatsCommand())
  .addCommand(compressCommand())
  .addCommand(decompressCommand())
  .addCommand(infoCommand())
  .addCommand(datasetsCommand());

await runProgram(program, process.argv.slice(2));
