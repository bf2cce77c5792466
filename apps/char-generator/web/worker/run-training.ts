import type { StepEvent } from '@throughtime/bptt-trainer';
import { Random } from '@throughtime/random';
import { factsOf, RunningMean } from '../../src/core/progress.js';
import type { TokenKind } from '../../src/core/settings.js';
import { kindOf } from '../../src/core/text-form.js';
import { sampleText } from '../../src/core/text-model.js';
import { fitOptions, type TrainingRun } from '../../src/core/training-run.js';
import type { CurvePoint, Report, RunEnd } from './protocol.js';

/** Milliseconds between two reports: as often as an eye can follow a curve, seldom enough to cost nothing. */
const reportEvery = 125;

/** Milliseconds between two samples, and their length: together a few per cent of the time. */
const sampleEvery = 2500;
const sampleLength = 240;

/** About how many samples of a run are kept to look back on: as many as someone steps through. */
const keptSamples = 40;

/** What can be changed while a run trains. */
export interface LiveSettings {
  /** A factor on the learning rate. */
  rate: number;
  /** Of the samples. */
  temperature: number;
}

/** Characters in a token, roughly. */
const lengthOf = (kind: TokenKind) => (kind === 'char' || kind === 'grapheme' || kind === 'byte' ? 1 : 5);

/** Its promise resolves once the page has seen the report: the last one must not be overtaken by the end of the run. */
type Tell = (report: Report) => unknown;

/** Lets work through while it is open; closed, the work waits. */
export class Gate {
  #opened: Promise<void> | undefined;
  #open = () => {};

  close(): void {
    this.#opened ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
    this.#opened = undefined;
  }

  /** Resolves once it is open. */
  async pass(): Promise<void> {
    await this.#opened;
  }
}

/** Trains to the end of the run's epochs, or until the signal; waits while the gate is closed. */
export async function runTraining(
  run: TrainingRun,
  {
    gate,
    signal,
    report,
    live,
  }: { gate: Gate; signal: AbortSignal; report: Tell; live: Readonly<LiveSettings> },
): Promise<RunEnd> {
  const { batches, epochs } = run;
  const kind = kindOf(run.tokenizer);
  const mean = new RunningMean();
  let points: CurvePoint[] = [];
  let last: StepEvent | undefined;
  let reported = 0;
  // The first sample comes at once: it is the noise that the others are to be compared with.
  let lastSample = Number.NEGATIVE_INFINITY;
  let sampledAt = live.temperature;
  const tell = () => {
    if (!last) return;
    const { epoch, tokensPerSecond, timeLeft, learningRate } = last;
    const { perplexity = last.perplexity } = mean;
    // Epochs differ by a batch at most.
    const done = Math.min(1, last.step / (epochs * batches.length));
    report({ type: 'progress', points, epoch, done, perplexity, learningRate, tokensPerSecond, timeLeft });
    points = [];
    reported = performance.now();
  };
  const sample = async () => {
    sampledAt = live.temperature;
    const text = await runSample(run, { random: run.samples, temperature: sampledAt });
    lastSample = performance.now();
    await report({ type: 'sample', text });
  };
  // The same draws after every pass, at the same temperature: what differs is what the network has learned.
  const keepSample = async (epoch: number, perplexity: number) => {
    const random = Random.seeded(run.settings.seed);
    await report({ type: 'pass-sample', epoch, perplexity, text: await runSample(run, { random }) });
  };

  report({ type: 'begin', kind, ...factsOf(run), opening: openingOf(run), epochs });
  for await (const event of run.trainer.fit(run.batches, { ...fitOptions(run), signal })) {
    if (event.type === 'step') {
      last = event;
      mean.add(event);
      points.push({ step: event.step, perplexity: event.perplexity, gradientNorm: event.gradientNorm });
      if (performance.now() - reported >= reportEvery) tell();
      const isDue = performance.now() - lastSample >= sampleEvery || live.temperature !== sampledAt;
      if (isDue) await sample();
    } else if (event.type === 'epoch') {
      tell();
      if (event.validation)
        report({ type: 'validation', epoch: event.epoch, perplexity: event.validation.perplexity });
      if (isKept(event.epoch, epochs)) await keepSample(event.epoch, event.perplexity);
    } else if (event.type === 'end') {
      tell();
      // Its weights are those of the best pass now.
      if (event.best && event.reason !== 'aborted' && run.settings.earlyStopping !== undefined)
        report({ type: 'validation', epoch: event.best.epoch, perplexity: Math.exp(event.best.loss) });
      await sample();
      return {
        reason: event.reason === 'aborted' ? 'stopped' : 'finished',
        epoch: event.epoch,
        step: event.step,
      };
    }
    await gate.pass();
  }
  throw new Error('training ended without its last event');
}

/** What a run's model writes by now, after a few words of its text. */
export function runSample(
  run: TrainingRun,
  options: { readonly random: Random; readonly temperature?: number },
): Promise<string> {
  const length = sampleLength / lengthOf(kindOf(run.tokenizer));
  return sampleText(run, { length, prompt: excerpt(run, 50), ...options });
}

/** Whether a pass's sample is kept: every one of a short run, of a long one those where language grows, densest at its beginning. */
export function isKept(epoch: number, epochs: number): boolean {
  if (epochs <= keptSamples || epoch === 1 || epoch === epochs) return true;
  const place = (pass: number) => Math.floor((keptSamples * Math.log(pass)) / Math.log(epochs));
  return place(epoch) > place(epoch - 1);
}

/** A few whole words, for the model to continue. */
function openingOf(run: TrainingRun): string {
  return excerpt(run, 40)
    .replace(/^\S*\s+/, '')
    .replace(/(?<!\S)\S*$/, '');
}

/**
 * A number of characters from the middle of the text. Its beginning would mislead: headings in capitals are so rare that a young model,
 * having read one, may be lost for good.
 */
function excerpt({ tokenizer, vocabulary, training }: TrainingRun, characters: number): string {
  const tokens = characters / lengthOf(kindOf(tokenizer));
  const middle = Math.floor(training.length / 2);
  return tokenizer.detokenize(vocabulary.decode(training.subarray(middle, middle + tokens)));
}
