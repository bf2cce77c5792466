// Serves built pages with the headers that they need: cross-origin isolation, without which browsers give no threads, and
// a strict content security policy.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

/** What any server that hosts the pages should send; docs/hosting.md explains each. */
export const pageHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    // The thread pool's workers start from a blob, so that a bundler needs no path to them.
    "worker-src 'self' blob:",
    // Charts are SVG with a style element each.
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/**
 * @param {Record<string, string>} folders what to serve by path: `{ '/char-generator/': folder }`
 * @param {{ port?: number, headers?: Record<string, string> }} [options] port 0, the default, takes a free one
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serveFolders(folders, { port = 0, headers = pageHeaders } = {}) {
  const mounts = Object.entries(folders).map(([path, folder]) => {
    if (!existsSync(join(folder, 'index.html')))
      throw new Error(`${folder} holds no built page; run npm run build`);
    // dev: files are looked up anew, so that a rebuilt page is served.
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
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://localhost:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @param {import('node:http').ServerResponse} response */
function notFound(response) {
  response.statusCode = 404;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end('Not found\n');
}

/** @param {string[]} paths */
function indexPage(paths) {
  const items = paths.map((path) => `<li><a href="${path}">${path.replaceAll('/', '')}</a></li>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>throughtime</title><h1>throughtime</h1><ul>${items}</ul></html>`;
}
