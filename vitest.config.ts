import { defineConfig } from 'vitest/config';

// Inside the workspace, packages are tested from their sources: the condition picks `src` over `dist`.
const conditions = ['@throughtime/source', 'module', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // CI machines are shared: a browser or a thread that starves once is tried again, and the report says so.
    retry: process.env.CI ? 2 : 0,
    include: [
      '{packages,apps}/*/src/**/*.test.ts',
      'apps/*/web/**/*.test.ts',
      '{benchmarks,examples,reproductions}/**/*.test.mjs',
      'scripts/**/*.test.mjs',
    ],
    // The pages' tests drive a browser in real time and want a machine to themselves: `npm run test:pages`.
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      ...(process.env.THROUGHTIME_PAGES
        ? []
        : ['apps/*/src/page.test.ts', 'apps/*/src/page.*.test.ts', 'apps/*/src/webgpu.test.ts']),
    ],
    // Two cores: more processes only wait for one another.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
