import { texts } from './texts/chosen.js';

const { problems } = texts;

/** What went wrong, in words that say what to do, for errors that a person can cause; others by their own message. */
export function explain(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  switch (name) {
    case 'EngineMemoryError':
    case 'EngineMemoryFullError':
      return problems.memory;
    case 'CorpusTooShortError':
    case 'EmptyCorpusError':
      return problems.tooShort(message);
    case 'NonFiniteLossError':
    case 'NonFiniteGradientError':
      return problems.diverged;
    case 'UnknownPromptTokenError':
      return problems.unknownTokens(message);
    case 'MissingModelFileError':
      return problems.missingFile(message);
    case 'DamagedModelFileError':
    case 'InvalidCheckpointError':
    case 'RunRecordError':
      return problems.damaged(message);
    case 'QuotaExceededError':
      return problems.noRoom;
    case 'RangeError':
      return /alloc|length|memory|size/i.test(message) ? problems.memory : message;
    default:
      return message;
  }
}
