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
      '{benchmarks,reproductions}/**/*.test.mjs',
      'scripts/**/*.test.mjs',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Two cores: more processes only wait for one another.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
