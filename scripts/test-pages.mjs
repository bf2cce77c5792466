// npm run test:pages: both pages end to end in Chromium, one at a time.
import { run } from './workspace.mjs';

run(
  'npx',
  [
    'vitest',
    'run',
    '--no-file-parallelism',
    'apps/char-generator/src/page.test.ts',
    'apps/sine-forecast/src/page.test.ts',
    ...process.argv.slice(2),
  ],
  {
    env: { THROUGHTIME_PAGES: '1' },
  },
);
