import type { Reporter } from '@throughtime/command-line';
import type { Command } from 'commander';

/** The JSON line with which a run of the command ends. */
export type DoneEvent = Readonly<Record<string, unknown>>;

/** How good a run is. */
export interface Score {
  /** What the number is: 'validation perplexity'. */
  readonly measure: string;
  /** Lower is better. */
  readonly value: number;
  /** What else is worth a column of the table, by name. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** A command whose runs can be swept: it takes `--out` and `--json`, and ends with a line `{"event": "done", ...}`. */
export interface SweepTarget {
  /** 'generate' */
  readonly program: string;
  /** The file that runs it with Node. Default: the one that this process runs. */
  readonly entry?: string;
  /** The command, made again for each reading of options. */
  command(): Command;
  /** Options that a sweep cannot vary or pass on, besides out and json: what continues or replaces a run, what runs would share. */
  readonly refused: readonly string[];
  /**
   * Checks the options of a run as far as can be done before it starts.
   * @param options as commander read them
   * @throws errors that the user can fix
   */
  check(options: Readonly<Record<string, unknown>>, reporter: Reporter, signal: AbortSignal): Promise<void>;
  /**
   * The arguments with which a run that was interrupted continues in its folder. Default: it starts from the beginning.
   * @param out the run's own folder, which is there
   */
  continuation?(out: string): Promise<readonly string[]>;
  /** The score of a run that has ended; undefined where it has none. */
  score(done: DoneEvent): Score | undefined;
  /** For the help, after "Examples:". */
  readonly examples: string;
  /** For the help: how runs are scored, in a sentence. */
  readonly scoring: string;
}
