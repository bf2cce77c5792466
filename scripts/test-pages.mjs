// npm run test:pages: what needs Chromium, one at a time: both pages end to end, and tfjs's WebGPU backend.
import { run } from './workspace.mjs';

run(
  'npx',
  [
    'vitest',
    'run',
    '--no-file-parallelism',
    'apps/char-generator/src/page.test.ts',
    'apps/char-generator/src/page.insight.test.ts',
    'apps/char-generator/src/page.share.test.ts',
    'apps/sine-forecast/src/page.test.ts',
    'apps/char-generator/src/webgpu.test.ts',
    ...process.argv.slice(2),
  ],
  {
    env: { THROUGHTIME_PAGES: '1' },
  },
);
