import { contextColors, lineColors } from '@throughtime/figures';
import { element, LiveCurve } from '@throughtime/web-page';
import type { Baselines } from '../src/core/ngram.js';
import { numbers, texts } from './texts/chosen.js';
import { SampleTimeline } from './timeline.js';
import type { Report } from './worker/protocol.js';

/** What a run shows while it trains: figures, curves, the sample, and the models it is compared with. */
export class TrainingView {
  readonly #perplexity = new LiveCurve(element('perplexity-curve', HTMLElement), {
    title: texts.curves.perplexity,
    horizontalLabel: texts.curves.update,
    none: texts.curves.none,
    lines: [
      { label: texts.curves.training, ...lineColors(0) },
      { label: texts.curves.validation, ...lineColors(1) },
      { label: texts.curves.ngram, ...contextColors },
    ],
  });
  readonly #gradient = new LiveCurve(element('gradient-curve', HTMLElement), {
    title: texts.curves.gradient,
    horizontalLabel: texts.curves.update,
    none: texts.curves.none,
    lines: [{ label: texts.curves.norm, ...lineColors(2) }],
  });
  readonly #progress = element('progress', HTMLProgressElement);
  readonly #samples = new SampleTimeline();
  #epochs = 1;
  #ngram: number | null = null;
  #validation: number | null = null;

  /** Empties everything, for a new model. */
  clear(): void {
    this.#perplexity.clear();
    this.#gradient.clear();
    this.#samples.clear();
    this.#ngram = null;
    this.#validation = null;
    this.#progress.value = 0;
    for (const id of [
      'perplexity',
      'gradient-norm',
      'pace',
      'time-left',
      'epoch',
      'unigram',
      'ngram',
      'validation',
    ])
      set(id, '-');
    set('run-facts', '');
  }

  show(report: Report): void {
    switch (report.type) {
      case 'begin':
        this.#epochs = report.epochs;
        set('run-facts', runFacts(report));
        break;
      case 'progress':
        this.#showProgress(report);
        break;
      case 'validation':
        this.#validation = report.perplexity;
        set('validation', perplexityText(report.perplexity));
        break;
      case 'sample':
        this.#samples.show(report.text);
        break;
      case 'pass-sample':
        this.#samples.keep(report);
        break;
    }
  }

  compare(baselines: Baselines | undefined): void {
    this.#ngram = baselines?.ngram ?? null;
    set('unigram', baselines ? numbers.fixed(baselines.unigram, 2) : texts.training.textTooShort);
    set('ngram', baselines ? numbers.fixed(baselines.ngram, 2) : texts.training.textTooShort);
  }

  /** At the end of a run: nothing is left, and nothing runs. */
  rest(finished: boolean): void {
    if (finished) this.#progress.value = 1;
    set('time-left', finished ? texts.training.done : texts.training.stoppedShort);
  }

  #showProgress(report: Report & { type: 'progress' }): void {
    const { points, epoch, perplexity, tokensPerSecond, timeLeft } = report;
    for (const { step, perplexity: value, gradientNorm } of points) {
      this.#perplexity.push(step, [value, this.#validation, this.#ngram]);
      this.#gradient.push(step, [gradientNorm]);
    }
    this.#progress.value = report.done;
    set('perplexity', perplexityText(perplexity));
    const norm = points.at(-1)?.gradientNorm;
    if (norm !== undefined) set('gradient-norm', numbers.precise(norm, 2));
    set('pace', numbers.count(tokensPerSecond));
    set('time-left', duration(timeLeft));
    set('epoch', texts.training.pass(numbers.count(epoch), numbers.count(this.#epochs)));
  }
}

/** Runs that diverged have perplexities of many digits. */
export function perplexityText(value: number): string {
  return value < 1e5 ? numbers.fixed(value, 2) : numbers.scientific(value);
}

function set(id: string, text: string): void {
  element(id, HTMLElement).textContent = text;
}

function runFacts(report: Report & { type: 'begin' }): string {
  const { parameters, kind, tokens, validationTokens } = report;
  return texts.training.facts(
    numbers.count(parameters),
    numbers.count(tokens),
    texts.tokens(kind).many,
    numbers.count(validationTokens),
  );
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const count = (value: number) => numbers.count(value);
  if (whole < 60) return texts.training.seconds(count(whole));
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return texts.training.minutes(count(minutes), String(whole % 60).padStart(2, '0'));
  return texts.training.hours(count(Math.floor(minutes / 60)), count(minutes % 60));
}
