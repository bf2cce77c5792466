import { describe, expect, it } from 'vitest';
import { reporterFor } from './reporter.js';

/** A stream that remembers what was written to it. */
function stream(isTTY = false) {
  const lines: string[] = [];
  const fake = { isTTY, columns: 40, write: (text: string) => lines.push(text) > 0 };
  return { stream: fake as unknown as NodeJS.WriteStream, text: () => lines.join('') };
}

describe('for people', () => {
  it('prints results on stdout and notes on stderr', () => {
    const [stdout, stderr] = [stream(), stream()];
    const reporter = reporterFor(false, { stdout: stdout.stream, stderr: stderr.stream });
    reporter.event('epoch', { epoch: 1 });
    reporter.print('result');
    reporter.note('note');
    expect(stdout.text()).toBe('result\n');
    expect(stderr.text()).toBe('note\n');
  });

  it('overwrites progress on a terminal and never lets it wrap', () => {
    const stderr = stream(true);
    const reporter = reporterFor(false, { stdout: stream().stream, stderr: stderr.stream });
    reporter.progress('x'.repeat(100));
    reporter.progress('two');
    reporter.note('end');
    const clear = '\r\u001b[2K';
    expect(stderr.text()).toBe(`${'x'.repeat(39)}${clear}two${clear}end\n`);
  });

  it('drops progress where there is no terminal, so that logs stay short', () => {
    const stderr = stream(false);
    reporterFor(false, { stderr: stderr.stream }).progress('working');
    expect(stderr.text()).toBe('');
  });
});

describe('for programs', () => {
  it('writes JSON lines only on stdout, with infinities that Number reads back', () => {
    const [stdout, stderr] = [stream(), stream()];
    const reporter = reporterFor(true, { stdout: stdout.stream, stderr: stderr.stream });
    reporter.print('a result for people');
    reporter.note('a note');
    reporter.event('epoch', { perplexity: Number.POSITIVE_INFINITY, loss: Number.NaN, epoch: 1 });
    reporter.event('done');
    const [epoch, done] = stdout
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(epoch).toEqual({ event: 'epoch', perplexity: 'Infinity', loss: 'NaN', epoch: 1 });
    expect(Number(epoch.perplexity)).toBe(Number.POSITIVE_INFINITY);
    expect(done).toEqual({ event: 'done' });
    expect(stderr.text()).toBe('a note\n');
  });
});
