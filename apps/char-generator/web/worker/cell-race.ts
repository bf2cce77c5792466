import type { TrainingEvent } from '@throughtime/bptt-trainer';
import { eventLoopTurn } from '@throughtime/platform';
import { Random } from '@throughtime/random';
import { defaultEngine, loadEngine } from '@throughtime/wasm-kernels';
import { factsOf } from '../../src/core/progress.js';
import { fitOptions, prepareRun, type TrainingRun } from '../../src/core/training-run.js';
import { dependenceOf } from './insight.js';
import { requireFused } from './page-files.js';
import type { Dependence, ForeignReading, RacedCell, RaceReport, TrainRequest } from './protocol.js';
import { readForeignText } from './reading.js';
import { runSample } from './run-training.js';
import { readSource } from './text-source.js';

/** Milliseconds between two reports. */
const reportEvery = 125;

/** Milliseconds of work before messages have their turn: a frame of a display. */
const longestStretch = 15;

/** Characters of the text's end, which no network trained on, that are read to begin with. */
const excerptLength = 320;

interface Runner {
  readonly run: TrainingRun;
  readonly events: AsyncIterator<TrainingEvent>;
}

/**
 * Networks that differ in their cells alone. They learn the same text with the same settings from the same seed, one update each in
 * turn, so that at any moment all have seen as much of it.
 */
export class CellRace {
  #runs: TrainingRun[] = [];
  #stop = new AbortController();

  /** Resolves when all have come to their end, or were stopped, with words to read that none has trained on. */
  async train(
    { source, settings }: TrainRequest,
    cells: readonly RacedCell[],
    report: (report: RaceReport) => unknown,
  ): Promise<string> {
    const corpus = await readSource(source);
    await loadEngine();
    await defaultEngine().ready();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    // Side by side to the end: none stops before the others.
    const { earlyStopping: _, ...shared } = settings;
    this.#runs = cells.map((cell) => prepareRun(corpus, { ...shared, cell }));
    for (const { model } of this.#runs) requireFused(model);
    report({ type: 'begin', parameters: this.#runs.map((run) => factsOf(run).parameters) });
    const runners = this.#runs.map((run) => ({
      run,
      events: run.trainer.fit(run.batches, { ...fitOptions(run), signal })[Symbol.asyncIterator](),
    }));
    await race(runners, report);
    // By code points: half of a surrogate pair is no character.
    return [...corpus.text.slice(-2 * excerptLength)].slice(-excerptLength).join('');
  }

  stop(): void {
    this.#stop.abort();
  }

  /** The same text, read by each. */
  async read(text: string): Promise<ForeignReading[]> {
    const turn = eventLoopTurn(longestStretch);
    const readings: ForeignReading[] = [];
    for (const run of this.#runs) readings.push(await readForeignText(run, text, turn));
    return readings;
  }

  /** What each one's prediction after the tokens depended on. */
  async dependence(tokens: readonly string[]): Promise<Dependence[]> {
    const all: Dependence[] = [];
    for (const run of this.#runs) all.push(await dependenceOf(run, tokens));
    return all;
  }
}

async function race(runners: readonly Runner[], report: (report: RaceReport) => unknown): Promise<void> {
  let points: { step: number; perplexities: number[] }[] = [];
  let reported = 0;
  for (;;) {
    const round = await nextRound(runners);
    if (round.epoch !== undefined) {
      const samples: string[] = [];
      for (const { run } of runners)
        samples.push(await runSample(run, { random: Random.seeded(run.settings.seed) }));
      await report({ type: 'pass', epoch: round.epoch, validation: round.validation, samples });
    }
    if (round.step !== undefined) points.push({ step: round.step, perplexities: round.perplexities });
    const isOver = round.step === undefined;
    if (isOver || performance.now() - reported >= reportEvery) {
      const [{ run }] = runners;
      const done = Math.min(1, (round.step ?? 0) / (run.epochs * run.batches.length));
      await report({ type: 'progress', points, done: isOver ? 1 : done });
      points = [];
      reported = performance.now();
    }
    if (isOver) return;
  }
}

interface Round {
  /** Of the update that every network made; undefined when there was none left. */
  readonly step: number | undefined;
  readonly perplexities: number[];
  /** The pass that ended before the update. */
  readonly epoch: number | undefined;
  /** Of that pass; undefined where the text was too short to keep some. */
  readonly validation: (number | undefined)[];
}

/** One update of every network, with the end of a pass that comes before it. */
async function nextRound(runners: readonly Runner[]): Promise<Round> {
  const perplexities: number[] = [];
  const validation: (number | undefined)[] = [];
  let step: number | undefined;
  let epoch: number | undefined;
  for (const { events } of runners)
    for (let { value, done } = await events.next(); !done; { value, done } = await events.next()) {
      const event = value as TrainingEvent;
      if (event.type === 'epoch') {
        epoch = event.epoch;
        validation.push(event.validation?.perplexity);
      }
      if (event.type !== 'step') continue;
      step = event.step;
      perplexities.push(event.perplexity);
      break;
    }
  // Stopped between two networks of a round: the others have made an update more.
  return { step: perplexities.length === runners.length ? step : undefined, perplexities, epoch, validation };
}
