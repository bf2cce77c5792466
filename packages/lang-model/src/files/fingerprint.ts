import { boolean, callback, checkOptions } from '@throughtime/errors';
import { checksumFault, type Safetensors } from '@throughtime/safetensors';
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

/** How the files of a model are read. */
export interface LoadModelOptions {
  /**
   * Whether a model is read whose data are not those that its file was written with. Default false: it is refused, since one flipped bit
   * gives wrong numbers without a word.
   */
  readonly acceptDamage?: boolean | undefined;
  /** Told what to warn of: that a file has no checksum to notice damage by, or damage that was accepted. Default: nobody. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/**
 * Holds the data of a model's weights against their checksum.
 * @throws DamagedModelFileError; ArgumentError for the options
 */
export function checkData(weights: Safetensors, options: LoadModelOptions): void {
  checkOptions<LoadModelOptions>(options, { acceptDamage: boolean, onWarning: callback });
  const { acceptDamage, onWarning } = options;
  const file = 'model.safetensors';
  switch (checksumFault(weights)) {
    case undefined:
      return;
    case 'missing':
      onWarning?.(
        `${file}: has no checksum (other programs and earlier releases write none): damage would go unnoticed`,
      );
      return;
    case 'different':
      if (!acceptDamage)
        throw new DamagedModelFileError(
          file,
          'damaged: the data do not match their checksum; take the file from a backup, or set acceptDamage (--accept-damage, where a command has it) to read it all the same',
        );
      onWarning?.(`${file}: damaged: the data do not match their checksum`);
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
