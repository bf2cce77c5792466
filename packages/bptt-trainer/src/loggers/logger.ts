import { messageOf } from '@throughtime/errors';
import type { TrainingEvent } from '../events.js';

/** Keeps or shows what happens in training. */
export interface TrainingLogger {
  /** Called with each event, in order. Training waits for a promise that it returns. */
  log(event: TrainingEvent): void | Promise<void>;
  /** Called once, when the events have ended, were left, or failed. */
  close?(): void | Promise<void>;
}

/**
 * Passes events on, after each logger has seen them:
 * `for await (const event of withLoggers(trainer.fit(...), jsonLines(write), progressLine(show)))`.
 * @throws what the events or a logger throw; what closing throws, but only where nothing was thrown before
 */
export async function* withLoggers(
  events: AsyncIterable<TrainingEvent>,
  ...loggers: readonly TrainingLogger[]
): AsyncGenerator<TrainingEvent, void, undefined> {
  let failed = false;
  try {
    for await (const event of events) {
      for (const logger of loggers) await logger.log(event);
      yield event;
    }
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    const closing = closeAll(loggers);
    await (failed ? closing.catch(() => {}) : closing);
  }
}

/** @throws after all were closed: the error of the one that failed, or an AggregateError of several */
async function closeAll(loggers: readonly TrainingLogger[]): Promise<void> {
  const errors: unknown[] = [];
  for (const logger of loggers) {
    try {
      await logger.close?.();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(messageOf).join('; '));
}
