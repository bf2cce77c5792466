import { existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { anything, checkOptions, type OptionChecks, ThroughtimeError, whole } from '@throughtime/errors';
import sirv from 'sirv';
import { pageHeaders } from './page-headers.js';

export interface ServeOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default: {@link pageHeaders}. */
  readonly headers?: Readonly<Record<string, string>>;
}

const serveChecks: OptionChecks<ServeOptions> = { port: whole({ from: 0, to: 65535 }), headers: anything };

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
 * @param folders what to serve by path: `{ '/char-generator/': folder }`
 * @throws PageMissingError when a folder holds no index.html; the system's error when the port is taken (EADDRINUSE)
 */
export async function serveFolders(
  folders: Readonly<Record<string, string>>,
  options: ServeOptions = {},
): Promise<FolderServer> {
  checkOptions<ServeOptions>(options, serveChecks);
  const { port = 0, headers = pageHeaders } = options;
  const mounts = Object.entries(folders).map(([path, folder]) => {
    if (!existsSync(join(folder, 'index.html'))) throw new PageMissingError(folder);
    // dev: files are read again for each request, so that a rebuilt page is served.
    return { path, handler: sirv(folder, { dev: true }) };
  });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const url = request.url ?? '/';
    const mount = mounts.find(({ path }) => url.startsWith(path));
    if (mount) {
      request.url = url.slice(mount.path.length - 1);
      mount.handler(request, response, () => notFound(response));
    } else if (url === '/' || url.startsWith('/?')) {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(indexPage(mounts.map(({ path }) => path)));
    } else {
      notFound(response);
    }
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

function notFound(response: ServerResponse): void {
  response.statusCode = 404;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end('Not found\n');
}

function indexPage(paths: readonly string[]): string {
  const items = paths.map((path) => `<li><a href="${path}">${path.replaceAll('/', '')}</a></li>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>throughtime</title><h1>throughtime</h1><ul>${items}</ul></html>`;
}
