import { messageOf, ThroughtimeError } from '@throughtime/errors';
import type { RemoteFile } from '../catalog/entry.js';

/** Why one place did not give a file. */
export class TransferFailure extends ThroughtimeError {
  override name = 'TransferFailure';
  /** Whether another attempt may succeed. */
  readonly temporary: boolean;

  constructor(reason: string, { temporary, cause }: { temporary: boolean; cause?: unknown }) {
    super(reason, { cause });
    this.temporary = temporary;
  }
}

/** No place gave the file. The message says why, and which file to download by hand and where to save it. */
export class DownloadError extends ThroughtimeError {
  override name = 'DownloadError';
  /** What went wrong, one entry per place. */
  readonly reasons: readonly string[];

  constructor(name: string, file: RemoteFile, reasons: readonly string[], place: string | undefined) {
    const wanted = `${file.url} (${file.bytes} bytes, SHA-256 ${file.sha256})`;
    const advice = place
      ? `Download ${wanted} and save it as ${place}, or in a folder that THROUGHTIME_MIRROR names`
      : `Serve ${wanted} as ${file.file} below a URL, and pass that URL as the option mirror`;
    super(`${name}: could not get ${file.file}: ${reasons.join('; ')}. ${advice}`);
    this.reasons = reasons;
  }
}

/** The message of an error and of its cause, because `fetch failed` alone says nothing. */
export function explain(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as { code?: unknown } | undefined)?.code;
  const inner = cause instanceof Error && cause.message ? cause.message : code;
  return inner ? `${messageOf(error)} (${inner})` : messageOf(error);
}
