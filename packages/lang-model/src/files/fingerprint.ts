import { DamagedModelFileError } from './model-files-error.js';

/** What a model's weights were saved with, as the metadata of `model.safetensors` says. */
export type Fingerprints = Readonly<Record<string, string>>;

/**
 * A model's files are replaced one after another. A kill in between leaves a new vocabulary beside old weights, and where V is
 * the same, nothing else would show it. So the file of the weights says what it was saved with.
 * @param vocabulary plain data; undefined where there is none
 * @param config the part of `config.json` that gives the weights their meaning
 */
export function fingerprintsOf(vocabulary: unknown, config: unknown): Fingerprints {
  return {
    ...(vocabulary !== undefined && { 'throughtime.vocabulary': fingerprint(vocabulary) }),
    'throughtime.config': fingerprint(config),
  };
}

/** @throws DamagedModelFileError unless the fingerprints that the metadata has (older files: none) are those expected */
export function requireFingerprints(metadata: Fingerprints, expected: Fingerprints): void {
  for (const [key, value] of Object.entries(expected)) {
    if (metadata[key] === undefined || metadata[key] === value) continue;
    const file = key === 'throughtime.config' ? 'config.json' : 'vocabulary.json';
    throw new DamagedModelFileError(
      'model.safetensors',
      `expected weights saved together with this ${file}, got those of another; saving was cut off between files, or one was exchanged`,
    );
  }
}

/** 64 bits of plain data as JSON: enough to notice a mix-up, not to withstand a forger. */
function fingerprint(value: unknown): string {
  return fnv1a(new TextEncoder().encode(JSON.stringify(value)));
}

/** FNV-1a of 64 bits (Fowler, Noll, Vo), in hexadecimal. Its prime is 2^40 + 0x1b3. */
export function fnv1a(bytes: Uint8Array): string {
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return [high, low].map((word) => word.toString(16).padStart(8, '0')).join('');
}
