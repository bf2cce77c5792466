import { acceptDamageOption, cardRows, readCard, reporterFor } from '@throughtime/command-line';
import { formatRowTime } from '@throughtime/datasets';
import { grouped } from '@throughtime/errors';
import { loadForecaster } from '@throughtime/forecasting/node';
import { Command } from 'commander';
import { requireOneModel } from './predict.js';

interface InfoOptions {
  readonly model: string;
  readonly acceptDamage?: boolean;
  readonly json?: boolean;
}

const examples = `
Example:
  forecast run --series air-passengers --model gru --out out/air
  forecast info --model out/air`;

/** `forecast info` */
export function infoCommand(): Command {
  return new Command('info')
    .requiredOption('--model <dir>', 'a folder that `forecast run --out` or `forecast auto --out` wrote')
    .option(...acceptDamageOption)
    .option('--json', 'JSON lines on stdout: warning, ..., done')
    .addHelpText('after', examples)
    .action(info);
}

/** Most series that are listed. */
const mostShown = 10;

async function info({ model: path, acceptDamage, json }: InfoOptions): Promise<void> {
  const report = reporterFor(json);
  const warn = (text: string) => report.warn(text);
  await requireOneModel(path);
  const { forecaster, notes } = await loadForecaster(path, { acceptDamage, onWarning: warn });
  const card = await readCard(path, warn);
  const { name, series: all } = forecaster;
  const series = all.map(({ name: own, length, timeline }) => ({
    ...{ name: own, length },
    ...(timeline &&
      length > 0 && { from: formatRowTime(timeline, 0), to: formatRowTime(timeline, length - 1) }),
  }));
  report.print(`${'model'.padEnd(18)} ${name}`);
  for (const { name: own, length, from, to } of series.slice(0, mostShown)) {
    const times = from === undefined ? '' : `, ${from} to ${to}`;
    report.print(`${'series'.padEnd(18)} ${own}, ${grouped(length)} values${times}`);
  }
  if (series.length > mostShown) report.print(`${'series'.padEnd(18)} ... (${series.length} in all)`);
  if (card) {
    report.print('\nthe card');
    for (const [label, value] of cardRows(card)) report.print(`${label.padEnd(18)} ${value}`);
  }
  report.event('done', { model: path, method: name, series, notes, ...(card && { card }) });
}
