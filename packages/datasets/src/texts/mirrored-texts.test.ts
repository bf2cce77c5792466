// Texts that the project may not ship are read from a mirror's folder, where there is one: THROUGHTIME_MIRROR, or
// `../shared/data/text` beside the repository. Without it these tests say so and check that the error does too.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { DownloadError } from '../download/errors.js';
import { loadText } from './load-text.js';

const beside = fileURLToPath(new URL('../../../../../shared/data/text', import.meta.url));
const mirror = process.env.THROUGHTIME_MIRROR || (existsSync(beside) ? beside : '');

const offline = () => Promise.reject(new TypeError('fetch failed'));

async function load(name: string) {
  const cache = await mkdtemp(join(tmpdir(), 'throughtime-mirrored-'));
  onTestFinished(() => rm(cache, { recursive: true, force: true }));
  return loadText(name, { mirror, cache, fetch: offline, attempts: 1 });
}

if (mirror === '') {
  console.warn('No mirror (THROUGHTIME_MIRROR): The Time Machine and tiny shakespeare are not checked.');
  it.each(['time-machine', 'war-of-the-worlds', 'tiny-shakespeare'])(
    '%s: without a mirror or network, says what to do',
    async (name) => {
      await expect(load(name)).rejects.toThrow(DownloadError);
      await expect(load(name)).rejects.toThrow(/Download https?:.*SHA-256 .*THROUGHTIME_MIRROR/);
    },
  );
} else {
  it('The Time Machine has the lines, words and characters of the chapter', async () => {
    const { text, title, rights } = await load('time-machine');
    expect([title, rights]).toEqual([expect.stringContaining('Wells'), 'Public domain']);
    const lines = text.split('\n').slice(0, -1);
    expect(lines.length).toBe(3221);
    const words = lines.flatMap((line) => line.toLowerCase().match(/[a-z]+/g) ?? []);
    expect([words.length, new Set(words).size]).toEqual([32_775, 4_579]);
    expect(text.replace(/[^A-Za-z]+/g, ' ').length).toBe(173_428);
  });

  it.runIf(existsSync(join(mirror, 'war-of-the-worlds.txt')))(
    "The War of the Worlds is Project Gutenberg's file",
    async () => {
      const { text } = await load('war-of-the-worlds');
      expect(text).toContain('*** START OF THIS PROJECT GUTENBERG EBOOK THE WAR OF THE WORLDS ***');
      expect(text.match(/[A-Za-z]+/g)?.length).toBeGreaterThan(60_000);
    },
  );

  it('tiny shakespeare has 1,115,394 characters, 65 of them distinct', async () => {
    const { text } = await load('tiny-shakespeare');
    expect([text.length, new Set(text).size]).toEqual([1_115_394, 65]);
  });
}
