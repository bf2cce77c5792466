import { ThroughtimeError } from '@throughtime/errors';

/** Why a saved model cannot be read: the message names the file, what was expected and what came. */
export class ModelFileError extends ThroughtimeError {
  override name = 'ModelFileError';
  /** `config.json`, `vocabulary.json` or `model.safetensors`. */
  readonly file: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options);
    this.file = file;
  }
}

/** A file of a saved model is not there. */
export class MissingModelFileError extends ModelFileError {
  override name = 'MissingModelFileError';

  constructor(file: string) {
    super(file, 'expected a file of a saved model, found none');
  }
}

/** A file of a saved model is cut short, altered, or something else altogether. */
export class DamagedModelFileError extends ModelFileError {
  override name = 'DamagedModelFileError';
}

/** A file of a saved model has a version that this release does not know. */
export class NewerModelFileError extends ModelFileError {
  override name = 'NewerModelFileError';
  /** Of the file. */
  readonly version: number;

  /** @param newest the highest version that is known here */
  constructor(file: string, version: number, newest: number) {
    super(
      file,
      `version: expected at most ${newest}, got ${version}: a newer release of throughtime wrote it; update to read it`,
    );
    this.version = version;
  }
}
