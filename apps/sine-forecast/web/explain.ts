import { problemKind } from '@throughtime/web-page';
import { texts } from './texts/chosen.js';

/** Errors whose messages are sentences in the page's language. */
const worded: readonly string[] = ['FileProblem', 'TrainingProblem'];

/** What went wrong, in words that say what to do, for errors that a person can cause; others by their own message. */
export function explain(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (worded.includes(name)) return message;
  const kind = problemKind(error);
  return kind === 'memory' || kind === 'diverged' ? texts.problems[kind] : texts.problems.other(message);
}
