import { ThroughtimeError } from '@throughtime/errors';

/** The engine cannot run here, or a program in it failed. */
export class EngineError extends ThroughtimeError {
  override name = 'EngineError';

  override get isUserError(): boolean {
    return false;
  }
}

/**
 * The engine's WebAssembly is not there yet: browsers must await `loadEngine()` first. Not an {@link EngineError}: the engine may well
 * run here, so nothing falls back to slower code because of it.
 */
export class EngineNotLoadedError extends ThroughtimeError {
  override name = 'EngineNotLoadedError';

  override get isUserError(): boolean {
    return false;
  }
}

/** The engine's memory is too small for a request. */
export class EngineMemoryError extends ThroughtimeError {
  override name = 'EngineMemoryError';

  override get isUserError(): boolean {
    return false;
  }
}

/** More is asked for than there is: a smaller model or batch would fit, so the user can fix it. */
export class EngineMemoryFullError extends EngineMemoryError {
  override name = 'EngineMemoryFullError';

  override get isUserError(): boolean {
    return true;
  }
}
