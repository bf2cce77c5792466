import { defineConfig } from 'vitest/config';

// Inside the workspace, packages are tested from their sources: the condition picks `src` over `dist`.
const conditions = ['@throughtime/source', 'module', 'node', 'import', 'default'];

const notTests = ['**/node_modules/**', '**/dist/**'];

/** Packages of plain functions, whose tests leave nothing behind: one process loads the modules once for all their files. */
const stateless = [
  'packages/{contract,datasets,errors,figures,forecasting,text-preprocess}/src/**/*.test.ts',
];
/** Files of theirs that replace what all share (memory, the backend, the environment): each has a process of its own. */
const alone = [
  'packages/datasets/src/{download,texts}/*.test.ts',
  'packages/forecasting/src/{chapter,files,network}/*.test.ts',
  'packages/forecasting/src/methods/without-memory.test.ts',
  'packages/text-preprocess/src/tokenizers/learned-tokenizers.test.ts',
];

// The pages' tests drive a browser in real time and want a machine to themselves: `npm run test:pages`.
const pages = process.env.THROUGHTIME_PAGES
  ? []
  : ['apps/*/src/page.test.ts', 'apps/*/src/page.*.test.ts', 'apps/*/src/webgpu.test.ts'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // CI machines are shared: a browser or a thread that starves once is tried again, and the report says so.
    retry: process.env.CI ? 2 : 0,
    // Two cores: more processes only wait for one another.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: { name: 'stateless', isolate: false, include: stateless, exclude: [...notTests, ...alone] },
      },
      { extends: true, test: { name: 'alone', include: alone, exclude: notTests } },
      {
        extends: true,
        test: {
          name: 'others',
          include: [
            '{packages,apps}/*/src/**/*.test.ts',
            'apps/*/web/**/*.test.ts',
            '{benchmarks,examples,reproductions}/**/*.test.mjs',
            'scripts/**/*.test.mjs',
          ],
          exclude: [...notTests, ...pages, ...stateless],
        },
      },
    ],
  },
});
