/** What went wrong, in words that say what to do, for errors that a person can cause; others by their own message. */
export function explain(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  switch (name) {
    case 'EngineMemoryError':
    case 'EngineMemoryFullError':
      return outOfMemory;
    case 'CorpusTooShortError':
    case 'EmptyCorpusError':
      return `The text is too short for these settings: ${message}. Take a longer text, a smaller batch or fewer steps.`;
    case 'NonFiniteLossError':
    case 'NonFiniteGradientError':
      return 'Training went astray: the numbers grew without bound. Take a lower learning rate, or clip gradients.';
    case 'UnknownPromptTokenError':
      return `The model has never seen some of this text. ${message}`;
    case 'MissingModelFileError':
      return `A file of the model is missing. ${message}`;
    case 'DamagedModelFileError':
    case 'InvalidCheckpointError':
    case 'RunRecordError':
      return `This model cannot be opened. ${message}`;
    case 'QuotaExceededError':
      return 'The browser has no room left for this page: delete a saved model, or download instead.';
    case 'RangeError':
      return /alloc|length|memory|size/i.test(message) ? outOfMemory : message;
    default:
      return message;
  }
}

/** For a run that continues although its network does worse than giving every token the same chance. */
export const worseThanGuessing =
  'Training went astray: the network does worse than guessing. Stop, and take a lower learning rate, or clip gradients.';

const outOfMemory =
  'This needs more memory than the browser gives. Take fewer hidden units or layers, a smaller batch, or a shorter text.';
