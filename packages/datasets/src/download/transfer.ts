import type { RemoteFile } from '../catalog/entry.js';
import type { DownloadOptions } from './download-options.js';
import { explain, TransferFailure } from './errors.js';
import type { PartialFile } from './file-store.js';

export interface TransferOptions
  extends Pick<
    DownloadOptions,
    'signal' | 'stallTimeout' | 'leastRate' | 'totalTimeout' | 'attempts' | 'retryDelay' | 'fetch'
  > {
  /** Called with the number of bytes received, at the start and after every piece. */
  readonly onReceived: (bytes: number) => void;
}

/** How many bytes count as progress, so that we do not keep asking a server that sends a few bytes and hangs up. */
const progressBytes = 65_536;

/**
 * Fetches the bytes that `partial` still lacks, and continues by Range requests after every cut. At the end it has as many bytes as
 * `file` should have; the caller checks the hash.
 * @throws TransferFailure, or the signal's reason
 */
export async function transfer(
  url: string,
  file: RemoteFile,
  partial: PartialFile,
  options: TransferOptions,
): Promise<void> {
  const { attempts = 4, retryDelay = 500, totalTimeout = 7_200_000 } = options;
  const deadline = AbortSignal.timeout(totalTimeout);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  let failures = 0;
  for (;;) {
    const before = partial.size;
    try {
      return await receive(url, file, partial, { ...options, signal });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (deadline.aborted) throw tooLong(totalTimeout, file, partial);
      if (!(error instanceof TransferFailure) || !error.temporary) throw error;
      failures = partial.size >= before + progressBytes ? 0 : failures + 1;
      if (failures >= attempts) throw error;
      await pause(retryDelay * 2 ** Math.max(0, failures - 1), signal).catch(() => {
        options.signal?.throwIfAborted();
        throw tooLong(totalTimeout, file, partial);
      });
    }
  }
}

function tooLong(milliseconds: number, file: RemoteFile, partial: PartialFile): TransferFailure {
  const reason = `only ${partial.size} of ${file.bytes} bytes came in ${milliseconds / 1000} s`;
  return new TransferFailure(reason, { temporary: false });
}

/** Makes one request and reads the answer. */
async function receive(
  url: string,
  file: RemoteFile,
  partial: PartialFile,
  { signal, stallTimeout = 30_000, leastRate = 1000, fetch = globalThis.fetch, onReceived }: TransferOptions,
): Promise<void> {
  if (partial.size > file.bytes) await partial.clear();
  onReceived(partial.size);
  if (partial.size === file.bytes) return;

  const watch = stallWatch(stallTimeout, (leastRate * stallTimeout) / 1000);
  const either = signal ? AbortSignal.any([signal, watch.signal]) : watch.signal;
  try {
    const response = await orFail(fetch(url, { headers: headersFor(partial.size), signal: either }), watch);
    await checkHead(response, file, partial);
    const read = await drain(response, file, partial, { watch, onReceived });
    if (partial.size < file.bytes) throw shortFailure(response, read, file, partial);
  } finally {
    // Also closes the connection if the answer was refused before its body was read.
    watch.stop();
  }
}

function headersFor(have: number): Record<string, string> {
  // A compressed answer could not be continued: a range of it is not a range of the file.
  return { 'Accept-Encoding': 'identity', ...(have > 0 && { Range: `bytes=${have}-` }) };
}

/** Refuses an answer that is neither the file nor the rest of it. Clears `partial` if the whole file comes. */
async function checkHead(response: Response, file: RemoteFile, partial: PartialFile): Promise<void> {
  const { status } = response;
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const total = range && range[2] !== '*' ? Number(range[2]) : undefined;
  if (total !== undefined && total !== file.bytes) throw sizeFailure(total, file);
  if (status === 416 || (status === 206 && Number(range?.[1]) !== partial.size)) {
    await partial.clear();
    throw new TransferFailure('the server would not continue the download', { temporary: true });
  }
  if (!response.ok) {
    const temporary = status >= 500 || [408, 425, 429].includes(status);
    throw new TransferFailure(`the server answered ${status} ${response.statusText}`.trim(), { temporary });
  }
  if (/^(text\/html|application\/xhtml)/i.test(response.headers.get('content-type') ?? '')) {
    throw new TransferFailure('a web page came instead of the file (a log-in page of the network?)', {
      temporary: false,
    });
  }
  if (status !== 206 && partial.size > 0) await partial.clear();
}

interface Listeners {
  readonly watch: StallWatch;
  readonly onReceived: (bytes: number) => void;
}

/** Appends the body to `partial`; returns its length. */
async function drain(
  response: Response,
  file: RemoteFile,
  partial: PartialFile,
  { watch, onReceived }: Listeners,
): Promise<number> {
  let read = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await orFail(reader.read(), watch);
    if (done) break;
    watch.received(value.byteLength);
    read += value.byteLength;
    if (partial.size + value.byteLength > file.bytes) {
      await partial.clear();
      throw new TransferFailure(`more came than the ${file.bytes} bytes of the file`, { temporary: false });
    }
    await partial.append(value);
    onReceived(partial.size);
  }
  return read;
}

function shortFailure(
  response: Response,
  read: number,
  file: RemoteFile,
  partial: PartialFile,
): TransferFailure {
  // Everything announced has come, so the server has another file; this one was not cut on the way.
  const announced = response.headers.get('content-length');
  if (response.status === 200 && announced === String(read)) return sizeFailure(read, file);
  return new TransferFailure(`the connection was cut after ${partial.size} of ${file.bytes} bytes`, {
    temporary: true,
  });
}

function sizeFailure(bytes: number, file: RemoteFile): TransferFailure {
  return new TransferFailure(`the file there has ${bytes} bytes, not ${file.bytes}`, { temporary: false });
}

/** Waits for the network. Its errors, and a stalled connection, are worth another attempt. */
async function orFail<T>(pending: Promise<T>, watch: StallWatch): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    const reason = watch.stalled ?? explain(error);
    throw new TransferFailure(reason, { temporary: true, cause: error });
  }
}

interface StallWatch {
  readonly signal: AbortSignal;
  /** In words, once the connection was given up. */
  readonly stalled: string | undefined;
  received(bytes: number): void;
  stop(): void;
}

/** Aborts its signal if fewer than `least` bytes come within `timeout` milliseconds, or none, or when it is stopped. */
function stallWatch(timeout: number, least: number): StallWatch {
  const controller = new AbortController();
  let stalled: string | undefined;
  let came = 0;
  const expire = () => {
    stalled = `${came === 0 ? 'nothing' : `no more than ${came} bytes`} came for ${timeout / 1000} s`;
    controller.abort();
  };
  let timer = setTimeout(expire, timeout);
  return {
    signal: controller.signal,
    get stalled() {
      return stalled;
    },
    received(bytes) {
      came += bytes;
      if (came < least) return;
      came = 0;
      clearTimeout(timer);
      timer = setTimeout(expire, timeout);
    },
    stop() {
      clearTimeout(timer);
      controller.abort();
    },
  };
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
