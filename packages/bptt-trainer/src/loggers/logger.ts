import type { TrainingEvent } from '../events.js';

/** Something that keeps, or shows, what happens in training. */
export interface TrainingLogger {
  log(event: TrainingEvent): void | Promise<void>;
  /** Called once, when the events have ended, were left, or failed. */
  close?(): void | Promise<void>;
}

/**
 * Passes events on, after each logger has seen them:
 * `for await (const event of withLoggers(trainer.fit(...), jsonLines(write), progressLine(show)))`.
 */
export async function* withLoggers(
  events: AsyncIterable<TrainingEvent>,
  ...loggers: readonly TrainingLogger[]
): AsyncGenerator<TrainingEvent, void, undefined> {
  try {
    for await (const event of events) {
      for (const logger of loggers) await logger.log(event);
      yield event;
    }
  } finally {
    for (const logger of loggers) await logger.close?.();
  }
}
