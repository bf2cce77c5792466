import type { TrainerSnapshot } from '../checkpoint/snapshot.js';
import type { TrainingEvent } from '../events.js';

/** From the side that asks for training. */
export type Request =
  | { readonly kind: 'fit'; readonly job: unknown; readonly resume?: TrainerSnapshot }
  | { readonly kind: 'taken' }
  | { readonly kind: 'abort' }
  | { readonly kind: 'snapshot' };

/** From the side that trains. */
export type Reply =
  | { readonly kind: 'event'; readonly event: TrainingEvent }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: ErrorData }
  | { readonly kind: 'snapshot'; readonly snapshot: TrainerSnapshot }
  | { readonly kind: 'no-snapshot'; readonly error: ErrorData };

/** An error as data: structured clones keep neither the class nor the fields of ours. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Its own fields, such as `step` and `tensor`. */
  readonly fields: Readonly<Record<string, string | number>>;
}

export function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), fields: {} };
  const plain = Object.entries(error).filter(([, value]) => ['string', 'number'].includes(typeof value));
  return {
    name: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    fields: Object.fromEntries(plain),
  };
}

/** An error of the other side: its name, message, stack and fields, not its class. */
export function remoteError({ name, message, stack, fields }: ErrorData): Error {
  return Object.assign(new Error(message), fields, { name, ...(stack !== undefined && { stack }) });
}
