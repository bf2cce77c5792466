import { problemKind } from '@throughtime/web-page';
import { texts } from './texts/chosen.js';

const { problems } = texts;

/** What went wrong, in words that say what to do, for errors that a person can cause; others by their own message. */
export function explain(error: unknown): string {
  const kind = problemKind(error);
  if (kind !== undefined) return problems[kind];
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  switch (name) {
    case 'CorpusTooShortError':
    case 'EmptyCorpusError':
      return problems.tooShort(message);
    case 'UnknownPromptTokenError':
      return problems.unknownTokens(message);
    case 'MissingModelFileError':
      return problems.missingFile(message);
    case 'DamagedModelFileError':
    case 'InvalidCheckpointError':
    case 'RunRecordError':
      return problems.damaged(message);
    default:
      return message;
  }
}
