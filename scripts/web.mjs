// npm run web [-- --port N]: both pages, built, on localhost. Ctrl-C ends it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { serveFolders } from '@throughtime/page-server';
import { root } from './workspace.mjs';

const folders = {
  '/char-generator/': join(root, 'apps/char-generator/dist/web'),
  '/sine-forecast/': join(root, 'apps/sine-forecast/dist/web'),
};

/**
 * Starts the server that the arguments ask for.
 * @param {string[]} args
 * @param {Readonly<Record<string, string>>} [served] what to serve by path
 * @throws {Error} with `isMendable` and a message of one line for what the user can fix: the options, the port, a page that is not built
 */
export async function startWeb(args, served = folders) {
  let port;
  try {
    ({ port } = parseArgs({ args, options: { port: { type: 'string', default: '8080' } } }).values);
  } catch (error) {
    throw mendable(messageOf(error).split('\n')[0]);
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    throw mendable(`--port: expected a whole number from 0 to 65535, got ${JSON.stringify(port)}`);
  try {
    return await serveFolders(served, { port: Number(port) });
  } catch (error) {
    const { code, isUserError } = /** @type {{ code?: string, isUserError?: boolean }} */ (error);
    if (code === 'EADDRINUSE')
      throw mendable(`port ${port} is taken; choose another: npm run web -- --port 8081`);
    if (code === 'EACCES') throw mendable(`port ${port} needs rights that you do not have; choose another`);
    throw isUserError ? mendable(messageOf(error)) : error;
  }
}

/** @param {string} message */
function mendable(message) {
  return Object.assign(new Error(message), { isMendable: true });
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const { url } = await startWeb(process.argv.slice(2));
    console.log('Both pages are served; Ctrl-C ends it.');
    for (const path of Object.keys(folders)) console.log(`  ${url}${path}`);
  } catch (error) {
    const isMendable = error instanceof Error && 'isMendable' in error;
    console.error(`web: ${isMendable ? error.message : error instanceof Error ? error.stack : error}`);
    process.exit(isMendable ? 2 : 1);
  }
}
