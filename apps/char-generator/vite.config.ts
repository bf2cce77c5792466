import { fileURLToPath } from 'node:url';
import { pageBuild } from '@throughtime/web-page/vite';
import { defineConfig } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(
  pageBuild({
    root: folder('web'),
    outDir: folder('dist/web'),
    // The series of @throughtime/datasets.
    leaveOut: ['air-passengers', 'us-births', 'seattle-weather', 'sunspots', 'global-temp'],
  }),
);
