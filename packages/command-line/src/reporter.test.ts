import fc from 'fast-check';
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
    reporter.warn('damaged');
    expect(stdout.text()).toBe('result\n');
    expect(stderr.text()).toBe('note\nWarning: damaged\n');
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
    reporter.warn('damaged');
    reporter.event('done');
    const [epoch, warning, done] = stdout
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(epoch).toEqual({ event: 'epoch', perplexity: 'Infinity', loss: 'NaN', epoch: 1 });
    expect(Number(epoch.perplexity)).toBe(Number.POSITIVE_INFINITY);
    expect(warning).toEqual({ event: 'warning', message: 'damaged' });
    expect(done).toEqual({ event: 'done' });
    expect(stderr.text()).toBe('a note\nWarning: damaged\n');
  });
});

describe('shows control characters escaped, whatever stands in names of files, columns and tokens', () => {
  const controls = '\u001b]0;title\u0007\u009b2J\u007f\r\b\u202e';
  const escaped = '\\u001b]0;title\\u0007\\u009b2J\\u007f\\r\\u0008\\u202e';

  it('for people: all but line ends and tabs', () => {
    const [stdout, stderr] = [stream(), stream(true)];
    const reporter = reporterFor(false, { stdout: stdout.stream, stderr: stderr.stream });
    reporter.print(`a\n\tb${controls}`);
    reporter.write(controls);
    reporter.note(controls);
    reporter.progress('a\nb\u001b');
    expect(stdout.text()).toBe(`a\n\tb${escaped}\n${escaped}`);
    expect(stderr.text()).toBe(`${escaped}\na\\nb\\u001b`);
  });

  it('for programs: as JSON that reads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const stdout = stream();
        reporterFor(true, { stdout: stdout.stream }).event('text', { text });
        expect(stdout.text()).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069](?!$)/u);
        expect(JSON.parse(stdout.text()).text).toBe(text);
      }),
    );
  });
});
