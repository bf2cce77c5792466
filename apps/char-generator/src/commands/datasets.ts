import { reporterFor } from '@throughtime/command-line';
import { datasets } from '@throughtime/datasets';
import { Command } from 'commander';

const notes = `
How long it takes: nothing is downloaded; at once.

Example:
  generate datasets`;

/** `generate datasets` */
export function datasetsCommand(): Command {
  return new Command('datasets')
    .option('--json', 'JSON lines on stdout: dataset, ..., done')
    .addHelpText('after', notes)
    .action(({ json }: { readonly json?: boolean }) => {
      const reporter = reporterFor(json);
      const texts = datasets().filter(({ kind }) => kind === 'text');
      const width = Math.max(...texts.map(({ name }) => name.length));
      for (const { kind: _, ...dataset } of texts) {
        const { name, title, bytes, embedded, parts, rights, source } = dataset;
        const how = embedded ? 'comes along' : 'downloaded once';
        const split = parts.length > 0 ? `; parts: ${parts.join(', ')}` : '';
        reporter.print(
          `${name.padEnd(width)}  ${`${(bytes / 1e6).toFixed(1)} MB`.padStart(8)}  ${how}${split}`,
        );
        reporter.print(`${' '.repeat(width)}  ${title}`);
        reporter.print(`${' '.repeat(width)}  ${rights} (${source})`);
        reporter.event('dataset', dataset);
      }
      reporter.event('done', { datasets: texts.length });
    });
}
