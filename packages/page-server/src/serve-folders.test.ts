import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FolderServer, serveFolders } from './serve-folders.js';

let folder: string;
let server: FolderServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughtime-pages-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>a page</title>');
  server = await serveFolders({ '/one/': folder });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

it('serves a folder under its path, isolated and under a strict policy', async () => {
  const response = await fetch(`${server.url}/one/`);
  expect(await response.text()).toContain('a page');
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
});

it('lists the pages at the root and knows nothing else', async () => {
  expect(await (await fetch(server.url)).text()).toContain('<a href="/one/">one</a>');
  expect((await fetch(`${server.url}/one/../package.json`)).status).toBe(404);
  expect((await fetch(`${server.url}/two/`)).status).toBe(404);
});

it('names a folder that was not built, and a port that is taken', async () => {
  await expect(serveFolders({ '/two/': join(folder, 'none') })).rejects.toThrow('run npm run build');
  await expect(serveFolders({ '/one/': folder }, { port: '80' as unknown as number })).rejects.toThrow(
    "port: expected a whole number from 0 to 65535, got '80'",
  );
  const port = Number(new URL(server.url).port);
  await expect(serveFolders({ '/one/': folder }, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
