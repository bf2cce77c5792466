import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve, sep } from 'node:path';
import {
  anything,
  check,
  checkOptions,
  type OptionChecks,
  ThroughtimeError,
  whole,
} from '@throughtime/errors';
import compression from 'compression';
import { lookup } from 'mrmime';
import { pageHeaders } from './page-headers.js';

export interface ServeOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default: {@link pageHeaders}. */
  readonly headers?: Readonly<Record<string, string>>;
}

const serveChecks: OptionChecks<ServeOptions> = { port: whole({ from: 0, to: 65535 }), headers: anything };

/** A path as URLs have it: without its slashes, `/p` would serve `/pa.txt`; one that URLs write in another way is never asked for. */
const mountPath = check<string>(
  "paths that begin and end with a slash, as URLs have them, such as '/page/'",
  (path) => /^\/(?:[^/]+\/)*$/.test(String(path)) && new URL(`http://localhost${path}`).pathname === path,
);

/** A folder that was to be served holds no built page. */
export class PageMissingError extends ThroughtimeError {
  override name = 'PageMissingError';

  constructor(folder: string) {
    super(`folder '${folder}': expected a built page, got no index.html; run npm run build`);
  }
}

export interface FolderServer {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves built pages on this machine alone, with the headers that they need: cross-origin isolation, without which browsers
 * give no threads, and a strict content security policy.
 *
 * @param folders what to serve by path: `{ '/char-generator/': folder }`. Paths begin and end with a slash
 * @throws ArgumentError for another path; PageMissingError when a folder holds no index.html; the system's error when the port is taken (EADDRINUSE)
 */
export async function serveFolders(
  folders: Readonly<Record<string, string>>,
  options: ServeOptions = {},
): Promise<FolderServer> {
  checkOptions<ServeOptions>(options, serveChecks);
  const { port = 0, headers = pageHeaders } = options;
  const mounts: Mount[] = Object.entries(folders).map(([path, folder]) => {
    mountPath('folders', path);
    if (!existsSync(join(folder, 'index.html'))) throw new PageMissingError(folder);
    return { path, folder };
  });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!isLocalName(request.headers.host)) {
      refuse(response, 403, 'Only localhost is served here; see the Host header');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      refuse(response, 405, 'Only GET and HEAD are served here');
      return;
    }
    compress(request, response, () => {
      answer(request, response, mounts).catch(() => refuse(response, 500, 'No answer'));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Mount {
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly folder: string;
}

// The types speak of Express's requests; it needs nothing that Node's own lack.
// Part of a file is sent as it is: a range counts the bytes of the file, not of what compresses it.
const compress = compression({
  filter: (request, response) => response.statusCode === 200 && compression.filter(request, response),
}) as unknown as (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Whether a browser that sends this Host header asked for this machine by name. A page of another site can have its own name
 * resolve to 127.0.0.1 ("DNS rebinding") and would then read what is served here as its own.
 */
function isLocalName(host: string | undefined): boolean {
  return host !== undefined && /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(host);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  mounts: readonly Mount[],
): Promise<void> {
  const url = request.url ?? '/';
  const path = url.split(/[?#]/, 1)[0];
  const mount = mounts.find((one) => path.startsWith(one.path));
  if (mount) {
    await sendFile(request, response, mount, path);
  } else if (mounts.some((one) => one.path === `${path}/`)) {
    redirectToFolder(response, url, path);
  } else if (path === '/') {
    sendBytes(request, response, 'text/html', Buffer.from(indexPage(mounts.map((one) => one.path))));
  } else {
    refuse(response, 404, 'Not found');
  }
}

/**
 * Files are looked up for each request, so that a rebuilt page is served, and read whole before the answer begins: a file that
 * vanishes, shrinks or grows meanwhile can then neither cut an answer short nor give it another length than it announced.
 */
async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  mount: Mount,
  path: string,
): Promise<void> {
  const file = fileOf(mount, path);
  if (file === undefined) return refuse(response, 400, 'The path names no file');
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EISDIR') return redirectToFolder(response, request.url ?? path, path);
    // Also a path through a file (ENOTDIR), one that is too long, and one that Windows cannot have.
    if (code === 'EACCES' || code === 'EPERM' || code === 'EMFILE')
      return refuse(response, 500, `The file cannot be read (${code})`);
    return refuse(response, 404, 'Not found');
  }
  sendBytes(request, response, lookup(file) ?? 'application/octet-stream', bytes);
}

/** The file that a path means, or undefined for what is no path and for what lies outside the folder. */
function fileOf({ folder, path: mounted }: Mount, path: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(path.slice(mounted.length));
  } catch {
    return undefined;
  }
  const top = resolve(folder);
  const file = resolve(top, `./${name}`);
  if (name.includes('\0') || (file !== top && !file.startsWith(top + sep))) return undefined;
  return name === '' || name.endsWith('/') ? join(file, 'index.html') : file;
}

function sendBytes(request: IncomingMessage, response: ServerResponse, type: string, bytes: Buffer): void {
  const isText = /^text\/|javascript$|json$|svg\+xml$|manifest/.test(type);
  response.setHeader('Content-Type', isText ? `${type}; charset=utf-8` : type);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Accept-Ranges', 'bytes');
  // Without a validator an If-Range never holds: then the whole file is the answer.
  const asked = request.headers['if-range'] === undefined ? request.headers.range : undefined;
  const range = asked === undefined ? undefined : rangeOf(asked, bytes.length);
  if (range === 'outside') {
    response.setHeader('Content-Range', `bytes */${bytes.length}`);
    refuse(response, 416, 'The range lies outside the file');
    return;
  }
  if (range !== undefined) {
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${range.start}-${range.end - 1}/${bytes.length}`);
  }
  const body = range === undefined ? bytes : bytes.subarray(range.start, range.end);
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

/**
 * The one range of bytes that a Range header asks for; undefined for what is malformed, asks for no bytes or for several ranges: a
 * server may answer those with the whole file (RFC 9110, 14.2).
 */
function rangeOf(header: string, length: number): { start: number; end: number } | 'outside' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (match === null || header === 'bytes=-') return undefined;
  const [, first, last] = match;
  if (first === '') {
    const suffix = Math.min(Number(last), length);
    return suffix === 0 ? 'outside' : { start: length - suffix, end: length };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= length) return 'outside';
  return { start, end: last === '' ? length : Math.min(Number(last) + 1, length) };
}

function redirectToFolder(response: ServerResponse, url: string, path: string): void {
  // With two of either slash at its start it would lead a browser to another host.
  const local = `/${path.replace(/^[/\\]+/, '')}`;
  response.setHeader('Location', `${local}/${url.slice(path.length)}`);
  refuse(response, 301, 'The folder ends with a slash');
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) {
    // Part of an answer is on its way: the visitor must not take it for the whole.
    response.destroy();
    return;
  }
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${why}\n`);
}

function indexPage(paths: readonly string[]): string {
  const items = paths.map((path) => `<li><a href="${path}">${path.replaceAll('/', '')}</a></li>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>throughtime</title><h1>throughtime</h1><ul>${items}</ul></html>`;
}
