import { contextColors, lineColors } from '@throughtime/figures';
import { element, LiveCurve } from '@throughtime/web-page';
import type { Baselines } from '../src/core/ngram.js';
import { nounOf } from './token-words.js';
import type { Report } from './worker/protocol.js';

/** What a run shows while it trains: figures, curves, the sample, and the models it is compared with. */
export class TrainingView {
  readonly #perplexity = new LiveCurve(element('perplexity-curve', HTMLElement), {
    title: 'Perplexity',
    horizontalLabel: 'update',
    lines: [
      { label: 'training', ...lineColors(0) },
      { label: 'validation', ...lineColors(1) },
      { label: 'n-gram', ...contextColors },
    ],
  });
  readonly #gradient = new LiveCurve(element('gradient-curve', HTMLElement), {
    title: 'Gradient norm',
    horizontalLabel: 'update',
    lines: [{ label: 'norm', ...lineColors(2) }],
  });
  readonly #progress = element('progress', HTMLProgressElement);
  readonly #sample = element('live-sample', HTMLElement);
  #epochs = 1;
  #ngram: number | null = null;
  #validation: number | null = null;

  /** Empties everything, for a new model. */
  clear(): void {
    this.#perplexity.clear();
    this.#gradient.clear();
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
        this.#sample.textContent = report.text;
        break;
    }
  }

  compare(baselines: Baselines | undefined): void {
    this.#ngram = baselines?.ngram ?? null;
    set('unigram', baselines ? baselines.unigram.toFixed(2) : 'text too short');
    set('ngram', baselines ? baselines.ngram.toFixed(2) : 'text too short');
  }

  /** At the end of a run: nothing is left, and nothing runs. */
  rest(finished: boolean): void {
    if (finished) this.#progress.value = 1;
    set('time-left', finished ? 'done' : 'stopped');
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
    if (norm !== undefined) set('gradient-norm', norm.toPrecision(2));
    set('pace', Math.round(tokensPerSecond).toLocaleString('en'));
    set('time-left', duration(timeLeft));
    set('epoch', `${epoch} of ${this.#epochs}`);
  }
}

/** Runs that diverged have perplexities of many digits. */
export function perplexityText(value: number): string {
  return value < 1e5 ? value.toFixed(2) : value.toExponential(1);
}

function set(id: string, text: string): void {
  element(id, HTMLElement).textContent = text;
}

function runFacts(report: Report & { type: 'begin' }): string {
  const size = (n: number) => n.toLocaleString('en');
  const { parameters, kind, tokens, validationTokens } = report;
  return `${size(parameters)} weights learn from ${size(tokens)} ${nounOf(kind)}s; ${size(validationTokens)} are kept to test them on.`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
