// Measures how long an engine's programs run: what is left of a step is TypeScript.
import { operationName } from '@throughtime/wasm-kernels';
import { median } from './statistics.mjs';

const PROFILES = 7;

export class EngineClock {
  milliseconds = 0;
  /** Runs of every program since the last reset. */
  #runs = new Map();

  /** @param {import('@throughtime/wasm-kernels').Engine} engine whose programs, those made from now on, are timed */
  constructor(engine) {
    const makeProgram = engine.program.bind(engine);
    engine.program = () => {
      const program = makeProgram();
      const run = program.run.bind(program);
      program.run = (threads) => {
        const start = performance.now();
        run(threads);
        this.milliseconds += performance.now() - start;
        this.#runs.set(program, (this.#runs.get(program) ?? 0) + 1);
      };
      return program;
    };
  }

  reset() {
    this.milliseconds = 0;
    this.#runs.clear();
  }

  /**
   * Milliseconds by operation in one run of each program: medians of several, its commands run and timed one by one. In sum
   * a little more than together, for they wait for one another.
   */
  operations() {
    const runs = Array.from({ length: PROFILES }, () => this.#profile());
    const names = Object.keys(runs[0]);
    return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))]));
  }

  #profile() {
    /** @type {Record<string, number>} */
    const sums = {};
    for (const program of this.#runs.keys()) {
      for (const [operation, milliseconds] of program.profile()) {
        const name = operationName(operation);
        sums[name] = (sums[name] ?? 0) + milliseconds;
      }
    }
    return sums;
  }
}
