// npm run web: both pages, built, on localhost. Ctrl-C ends it.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serveFolders } from '@throughtime/page-server';
import { root } from './workspace.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } });
const folders = {
  '/char-generator/': join(root, 'apps/char-generator/dist/web'),
  '/sine-forecast/': join(root, 'apps/sine-forecast/dist/web'),
};

try {
  const { url } = await serveFolders(folders, { port: Number(values.port) });
  console.log('Both pages are served; Ctrl-C ends it.');
  for (const path of Object.keys(folders)) console.log(`  ${url}${path}`);
} catch (error) {
  const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  // A user's error of ours: a port that is none, a page that is not built.
  const isMendable = busy || (error instanceof Error && 'isUserError' in error && error.isUserError === true);
  const message = isMendable && error instanceof Error ? error.message : String(error);
  console.error(
    busy
      ? `web: port ${values.port} is taken; choose another: npm run web -- --port 8081`
      : `web: ${message}`,
  );
  process.exit(isMendable ? 2 : 1);
}
