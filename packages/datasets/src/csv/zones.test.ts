import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;
let script: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughtime-zones-'));
  script = join(folder, 'zone-process.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./fixtures/zone-process.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@throughtime/source'],
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readIn(zone: string) {
  const cases = fileURLToPath(new URL('./fixtures/cases', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, cases], {
    env: { ...process.env, TZ: zone },
    maxBuffer: 1e8,
  });
  const [{ offset }, ...files] = JSON.parse(stdout);
  return { offset, files };
}

it('files mean the same in every zone that a computer may be in', async () => {
  const utc = await readIn('UTC');
  expect(utc.offset).toBe(0);
  expect(utc.files.length).toBeGreaterThan(100);
  const stamps = (name: string, zone?: string) =>
    utc.files.find((file: { name: string; zone?: string }) => file.name === name && file.zone === zone)
      .stamps;
  expect(stamps('ok.csv')[0]).toBe('2021-02-02');
  expect(stamps('tz.csv')).toEqual(['2021-02-02', '2021-02-03', '2021-02-04', '2021-05-13']);
  // Midnight in Berlin, before and after the last Sunday of March.
  expect(stamps('tz.csv', 'Europe/Berlin')).toEqual(stamps('tz.csv'));
  expect(stamps('dst_daily.csv')[0]).toBe('2021-03-30');
  for (const [zone, offset] of [
    ['America/New_York', 240],
    ['Europe/Berlin', -120],
    ['Asia/Kolkata', -330],
    ['Pacific/Auckland', -720],
  ] as const) {
    const there = await readIn(zone);
    expect(there.offset).toBe(offset);
    expect(there.files).toEqual(utc.files);
  }
});
