import { checkOptions, escapeControls, type OptionChecks, withMethods } from '@throughtime/errors';

/**
 * How a command reports what happens: lines for people on stderr and stdout, or JSON lines on stdout. Control characters are escaped,
 * since names of files, columns and tokens may hold any: only line ends and tabs stay.
 */
export interface Reporter {
  /** A thing that happened, for programs: one JSON line `{"event": name, ...}` under --json, nothing otherwise. */
  event(name: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A result for people, on stdout; nothing under --json. */
  print(text: string): void;
  /** Part of a result for people, on stdout, without a line end; nothing under --json. */
  write(text: string): void;
  /** A line that stays, on stderr. */
  note(text: string): void;
  /** A line on stderr about something that may be wrong; an event too. */
  warn(text: string): void;
  /** Progress: on a terminal it overwrites the line before; elsewhere it is dropped, so that logs stay short. */
  progress(text: string): void;
}

export interface ReporterOptions {
  readonly stdout?: NodeJS.WriteStream;
  readonly stderr?: NodeJS.WriteStream;
}

const stream = withMethods<NodeJS.WriteStream>('a stream', ['write']);
const reporterChecks: OptionChecks<ReporterOptions> = { stdout: stream, stderr: stream };

/** The reporter that `--json` asks for. */
export function reporterFor(json: boolean | undefined, options: ReporterOptions = {}): Reporter {
  return json ? jsonReporter(options) : consoleReporter(options);
}

/** For people: results on stdout, the rest on stderr. */
export function consoleReporter(options: ReporterOptions = {}): Reporter {
  checkOptions<ReporterOptions>(options, reporterChecks);
  const { stdout = process.stdout, stderr = process.stderr } = options;
  const status = statusLine(stderr);
  return {
    event() {},
    print(text) {
      status.clear();
      stdout.write(`${shown(text)}\n`);
    },
    write(text) {
      status.clear();
      stdout.write(shown(text));
    },
    note(text) {
      status.clear();
      stderr.write(`${shown(text)}\n`);
    },
    warn(text) {
      this.note(`Warning: ${text}`);
    },
    progress: status.show,
  };
}

/** For programs: stdout is JSON lines only. Notes for people still go to stderr. */
export function jsonReporter(options: ReporterOptions = {}): Reporter {
  checkOptions<ReporterOptions>(options, reporterChecks);
  const { stdout = process.stdout, stderr = process.stderr } = options;
  const status = statusLine(stderr);
  return {
    event(name, fields = {}) {
      // JSON escapes most control characters, not all.
      stdout.write(`${escapeControls(JSON.stringify({ event: name, ...fields }, jsonNumber))}\n`);
    },
    print() {},
    write() {},
    note(text) {
      status.clear();
      stderr.write(`${shown(text)}\n`);
    },
    warn(text) {
      this.event('warning', { message: text });
      this.note(`Warning: ${text}`);
    },
    progress: status.show,
  };
}

function shown(text: string): string {
  return escapeControls(text, '\n\t');
}

/** JSON has no infinities: they are written as the strings that `Number` reads back. */
function jsonNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function statusLine(stderr: NodeJS.WriteStream) {
  let shown = false;
  const clear = () => {
    if (shown) stderr.write('\r\u001b[2K');
    shown = false;
  };
  return {
    clear,
    show(text: string) {
      if (!stderr.isTTY) return;
      clear();
      // A line that wraps could not be overwritten.
      stderr.write(escapeControls(text).slice(0, Math.max(20, (stderr.columns ?? 80) - 1)));
      shown = true;
    },
  };
}
