import { fileURLToPath } from 'node:url';
import { pageBuild } from '@throughtime/web-page/vite';
import { defineConfig } from 'vite';
import { en } from './web/texts/en.js';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(
  pageBuild({
    root: folder('web'),
    outDir: folder('dist/web'),
    texts: { markup: en.markup },
    // The texts of @throughtime/datasets, and the image that links show.
    leaveOut: ['moby-dick', 'alice-in-wonderland', 'card'],
    preload: ['forecast-page'],
    address: process.env.PAGE_ADDRESS,
  }),
);
