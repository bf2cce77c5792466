import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { decodeSettings, encodeSettings, sharedArchive } from './shared-archive.js';

describe('sharedArchive', () => {
  it('gives the same bytes for the same files', () => {
    const files = { 'a.json': encodeSettings({ seed: '1' }), 'b.bin': Uint8Array.of(1, 2, 3) };
    const archive = sharedArchive(files);
    expect(sharedArchive(files)).toEqual(archive);
    expect(unzipSync(archive)).toEqual(files);
  });
});

describe('decodeSettings', () => {
  it('reads what encodeSettings writes, and texts alone', () => {
    expect(decodeSettings(encodeSettings({ model: 'gru', seed: '1' }))).toEqual({ model: 'gru', seed: '1' });
    const mixed = new TextEncoder().encode('{"seed":1,"model":"gru"}');
    expect(decodeSettings(mixed)).toEqual({ model: 'gru' });
  });

  it.each(['', '[1]', 'null', '{', `{"a":"${'x'.repeat(30_000)}"}`])('takes nothing from %j', (text) => {
    expect(decodeSettings(new TextEncoder().encode(text))).toBeUndefined();
  });
});
