import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { datasets } from './catalog.js';
import { embeddedText } from './embedded.js';
import type { RemoteFile } from './entry.js';
import { series } from './series.js';
import { texts } from './texts.js';

const entries = [...Object.entries(texts), ...Object.entries(series)];
const embedded = entries.flatMap(([name, entry]) =>
  'embedded' in entry ? [{ name, ...entry.embedded }] : [],
);
const remote: RemoteFile[] = [
  ...Object.values(texts).flatMap((entry) =>
    'parts' in entry ? Object.values(entry.parts).flat() : 'whole' in entry ? entry.whole : [],
  ),
  ...Object.values(series).flatMap((entry) => ('remote' in entry ? [entry.remote] : [])),
];

describe('the catalog', () => {
  it.each(embedded)('embeds $file byte for byte', async ({ name, file, bytes, sha256 }) => {
    const text = new TextEncoder().encode(await embeddedText(file));
    expect(text.length).toBe(bytes);
    expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
    const notice = await readFile(new URL('../../DATA-LICENSES.md', import.meta.url), 'utf8');
    expect(notice).toContain(`\`${name}\``);
    expect(notice).toContain(`\`${file}\``);
  });

  it('knows for every download its address, size and hash', () => {
    expect(remote.length).toBeGreaterThan(0);
    for (const { file, url, bytes, sha256 } of remote) {
      expect(new URL(url).protocol).toMatch(/^https?:$/);
      expect(bytes).toBeGreaterThan(0);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      // Two files of one name would take one another's place in the cache.
      expect(new Set(remote.filter((each) => each.file === file).map((each) => each.sha256)).size).toBe(1);
    }
  });

  it('lists every data set once, with its rights and what it costs to download', () => {
    const all = datasets();
    expect(new Set(all.map(({ name }) => name)).size).toBe(entries.length);
    for (const { title, rights, source } of all) expect(title && rights && source).toBeTruthy();
    const byName = Object.fromEntries(all.map((each) => [each.name, each]));
    expect(byName['moby-dick']).toMatchObject({ kind: 'text', embedded: true, bytes: 184_699, parts: [] });
    expect(byName.etth1).toMatchObject({ kind: 'series', embedded: false, bytes: 2_589_657 });
    // Three files, and one archive for three parts.
    expect(byName['penn-treebank']).toMatchObject({ bytes: 5_101_618 + 399_782 + 449_945 });
    expect(byName['wikitext-2']).toMatchObject({ bytes: 4_721_645, parts: ['train', 'validation', 'test'] });
  });
});
