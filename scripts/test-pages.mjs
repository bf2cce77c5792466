// npm run test:pages: what needs Chromium, one at a time: both pages end to end, and tfjs's WebGPU backend.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './workspace.mjs';

const pages = ['char-generator', 'sine-forecast'].flatMap((app) => {
  const folder = `apps/${app}/src`;
  const tests = readdirSync(join(root, folder)).filter((name) => /^page(\.\w+)?\.test\.ts$/.test(name));
  return tests.sort().map((name) => `${folder}/${name}`);
});

run(
  'npx',
  [
    'vitest',
    'run',
    '--no-file-parallelism',
    ...pages,
    'apps/char-generator/src/webgpu.test.ts',
    ...process.argv.slice(2),
  ],
  {
    env: { THROUGHTIME_PAGES: '1' },
  },
);
