/** Which of the errors that any page can meet this one is, by its name: workers pass on no classes. Undefined where it is none. */
export function problemKind(error: unknown): 'memory' | 'diverged' | 'noRoom' | undefined {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  switch (name) {
    case 'EngineMemoryError':
    case 'EngineMemoryFullError':
      return 'memory';
    case 'NonFiniteLossError':
    case 'NonFiniteGradientError':
      return 'diverged';
    case 'QuotaExceededError':
      return 'noRoom';
    case 'RangeError':
      return /alloc|length|memory|size/i.test(message) ? 'memory' : undefined;
    default:
      return undefined;
  }
}
