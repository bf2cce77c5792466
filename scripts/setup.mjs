// Makes a fresh checkout ready: installs what the lockfile names and builds what has changed.
// Every root command calls it first; when nothing has changed it takes about a second.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { members, pnpm, root } from './workspace.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`throughtime needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}

const stamp = join(root, 'node_modules', '.throughtime-setup');
const manifests = [
  'pnpm-lock.yaml',
  'package.json',
  ...members().map(({ folder }) => `${folder}/package.json`),
];
const wanted = createHash('sha256')
  .update(manifests.map((file) => readFileSync(join(root, file), 'utf8')).join('\0'))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing the workspace (about half a minute the first time) ...');
  // Progress belongs on stderr: a command's stdout may be read by a program.
  pnpm(['install', '--frozen-lockfile', '--reporter', 'append-only'], { stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, wanted);
}
if (!process.argv.includes('--no-build')) {
  pnpm(['exec', 'turbo', 'run', 'build', '--output-logs', 'errors-only'], { stdio: ['ignore', 2, 2] });
}
