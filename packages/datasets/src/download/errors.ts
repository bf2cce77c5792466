import { messageOf, ThroughtimeError } from '@throughtime/errors';
import type { RemoteFile } from '../catalogue/entry.js';

/** One reason why a file could not be had from one place. */
export class TransferFailure extends ThroughtimeError {
  override name = 'TransferFailure';
  /** Whether another attempt may go better. */
  readonly temporary: boolean;

  constructor(reason: string, { temporary, cause }: { temporary: boolean; cause?: unknown }) {
    super(reason, { cause });
    this.temporary = temporary;
  }
}

/** A file that could be had from nowhere. The message says why, and what to download to where by hand. */
export class DownloadError extends ThroughtimeError {
  override name = 'DownloadError';
  /** What went wrong, place by place. */
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

/** What went wrong, with what lies behind it: `fetch failed` alone says nothing. */
export function explain(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as { code?: unknown } | undefined)?.code;
  const inner = cause instanceof Error && cause.message ? cause.message : code;
  return inner ? `${messageOf(error)} (${inner})` : messageOf(error);
}
