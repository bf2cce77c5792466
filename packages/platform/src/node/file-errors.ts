/** An error of the operating system: what Node throws when a file, a folder or a stream is refused. */
export interface SystemError extends Error {
  /** `EACCES`, `ENOSPC`, ... */
  readonly code: string;
  /** The call that failed: `open`, `write`, ... */
  readonly syscall: string;
  /** The file that the call was about, where Node names one. */
  readonly path?: string;
}

/** Whether an error is the operating system's, not a defect of the program: the disk is full, a file may not be read, ... */
export function isSystemError(error: unknown): error is SystemError {
  const { code, syscall } = (error ?? {}) as Partial<SystemError>;
  return error instanceof Error && typeof syscall === 'string' && /^E[A-Z\d]+$/.test(code ?? '');
}

/**
 * The operating system's error, about the file that was asked for. Node names no file where reading or writing an open one fails,
 * and where a file is written beside another, it names the wrong one.
 * @returns `error` itself, changed where it is the operating system's
 */
export function aboutFile<T>(path: string, error: T): T {
  if (!isSystemError(error) || error.path === path) return error;
  const [reason] = error.message.split(', ');
  error.message = `${reason}, ${error.syscall} '${path}'`;
  return Object.assign(error, { path });
}
