import { fileURLToPath } from 'node:url';
import { pageBuild } from '@throughtime/web-page/vite';
import { defineConfig } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(
  pageBuild({
    root: folder('web'),
    outDir: folder('dist/web'),
    // The texts of @throughtime/datasets.
    leaveOut: ['moby-dick', 'alice-in-wonderland'],
  }),
);
