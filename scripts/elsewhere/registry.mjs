// A registry of npm that has our packages, from their tarballs, and nothing else. A project takes only our scope from it (`.npmrc`:
// `@throughtime:registry=...`), so a README's install line can be typed as it is before anything is published.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { runTool } from '../workspace.mjs';

/**
 * @param {string} folder with the tarballs
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serveTarballs(folder) {
  const packages = new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.tgz'))
      .map((file) => {
        const bytes = readFileSync(join(folder, file));
        const { stdout } = runTool('tar', ['-xzOf', join(folder, file), 'package/package.json']);
        const manifest = JSON.parse(String(stdout));
        return [manifest.name, { file, bytes, manifest }];
      }),
  );
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname).slice(1);
    const tarball = [...packages.values()].find(({ file }) => file === basename(path));
    const found = packages.get(path);
    if (tarball) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(tarball.bytes);
    else if (found) {
      const { file, bytes, manifest } = found;
      const { name, version } = manifest;
      const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
      const shasum = createHash('sha1').update(bytes).digest('hex');
      const dist = { tarball: `http://${request.headers.host}/${name}/-/${file}`, integrity, shasum };
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          name,
          'dist-tags': { latest: version },
          versions: { [version]: { ...manifest, dist } },
        }),
      );
    } else response.writeHead(404).end('{}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the registry has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
