import { contextColors, lineColors } from '@throughtime/figures';
import { element, LiveCurve } from '@throughtime/web-page';
import type { Baselines } from '../src/core/ngram.js';
import { type Advice, verdictOf } from '../src/core/verdict.js';
import type { ModelRecord, RecordedPoint } from './model-record.js';
import { numbers, texts } from './texts/chosen.js';
import { SampleTimeline } from './timeline.js';
import type { Report } from './worker/protocol.js';

/** Twice what a record keeps: thinned when there are that many. */
const mostPoints = 2000;

const nothing: ModelRecord = {
  points: [],
  validation: [],
  unigram: undefined,
  ngram: undefined,
  epoch: 0,
  epochs: 0,
  perplexity: undefined,
  tokens: 0,
  validationTokens: 0,
  parameters: 0,
  sample: '',
  samples: [],
};

/** What a run shows while it trains: figures, curves, the sample, and the models it is compared with. All of it is of one model. */
export class TrainingView {
  readonly #perplexity = new LiveCurve(element('perplexity-curve', HTMLElement), {
    title: texts.curves.perplexity,
    horizontalLabel: texts.curves.update,
    none: texts.curves.none,
    empty: texts.curves.empty,
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
    empty: texts.curves.empty,
    lines: [{ label: texts.curves.norm, ...lineColors(2) }],
  });
  readonly #progress = element('progress', HTMLProgressElement);
  readonly #samples = new SampleTimeline();
  #shown: ModelRecord = nothing;
  #points: RecordedPoint[] = [];
  #many = texts.tokens('char').many;
  #finished = false;

  /** Empties everything, for a new model. @param expecting whether a sample will come */
  clear(expecting: boolean): void {
    this.#shown = nothing;
    this.#points = [];
    this.#finished = false;
    this.#perplexity.clear();
    this.#gradient.clear();
    this.#progress.value = 0;
    for (const id of ['perplexity', 'gradient-norm', 'pace', 'time-left', 'epoch']) set(id, '-');
    set('run-facts', '');
    this.#samples.clear(expecting ? texts.training.sampleComes : texts.training.noSample);
    this.#showComparison();
  }

  /** What is shown, to be saved with its model. */
  get record(): ModelRecord {
    return { ...this.#shown, points: this.#points };
  }

  /** Shows what was saved with a model. */
  restore(record: ModelRecord, many: string): void {
    this.clear(false);
    this.#shown = record;
    this.#many = many;
    this.#finished = record.epoch >= record.epochs;
    for (const point of record.points) this.#push(point);
    const { epoch, epochs, perplexity, sample, points } = record;
    this.#progress.value = epochs === 0 ? 0 : epoch / epochs;
    if (perplexity !== undefined) set('perplexity', perplexityText(perplexity));
    const norm = points.at(-1)?.gradientNorm;
    if (typeof norm === 'number') set('gradient-norm', numbers.precise(norm, 2));
    if (epochs > 0) set('epoch', texts.training.pass(numbers.count(epoch), numbers.count(epochs)));
    if (epochs > 0) set('time-left', this.#finished ? texts.training.done : texts.training.stoppedShort);
    if (record.parameters > 0) set('run-facts', this.#facts());
    for (const kept of record.samples) this.#samples.keep(kept);
    if (sample) this.#samples.show(sample);
    this.#showComparison();
  }

  /** A model came from elsewhere, without a run. */
  describe(parameters: number): void {
    set('run-facts', texts.training.weights(numbers.count(parameters)));
  }

  show(report: Report): void {
    switch (report.type) {
      case 'begin': {
        const { epochs, tokens, validationTokens, parameters, kind } = report;
        this.#finished = false;
        this.#shown = { ...this.#shown, epochs, tokens, validationTokens, parameters };
        this.#many = texts.tokens(kind).many;
        set('run-facts', this.#facts());
        break;
      }
      case 'progress':
        this.#showProgress(report);
        break;
      case 'validation':
        this.#shown = { ...this.#shown, validation: [...this.#shown.validation, report.perplexity] };
        this.#showComparison();
        break;
      case 'sample':
        this.#shown = { ...this.#shown, sample: report.text };
        this.#samples.show(report.text);
        break;
      case 'pass-sample': {
        const { epoch, perplexity, text } = report;
        this.#shown = { ...this.#shown, samples: [...this.#shown.samples, { epoch, perplexity, text }] };
        this.#samples.keep(report);
        break;
      }
    }
  }

  compare(baselines: Baselines | undefined): void {
    this.#shown = { ...this.#shown, unigram: baselines?.unigram, ngram: baselines?.ngram };
    this.#showComparison();
    if (baselines) return;
    set('unigram', texts.training.textTooShort);
    set('ngram', texts.training.textTooShort);
  }

  /** Training waits: no time is left and nothing is computed until it continues. */
  pause(): void {
    set('time-left', texts.training.paused);
    set('pace', '-');
  }

  /** At the end of a run: nothing is left, and nothing runs. */
  rest(finished: boolean): void {
    this.#finished = finished;
    if (finished) this.#progress.value = 1;
    set('time-left', finished ? texts.training.done : texts.training.stoppedShort);
    this.#showComparison();
  }

  #showProgress(report: Report & { type: 'progress' }): void {
    const { points, epoch, perplexity, tokensPerSecond, timeLeft } = report;
    const validation = this.#shown.validation.at(-1) ?? null;
    for (const point of points) this.#push({ ...point, validation });
    this.#shown = { ...this.#shown, epoch, perplexity };
    this.#progress.value = report.done;
    set('perplexity', perplexityText(perplexity));
    const norm = points.at(-1)?.gradientNorm;
    if (norm !== undefined) set('gradient-norm', numbers.precise(norm, 2));
    set('pace', numbers.count(tokensPerSecond));
    set('time-left', duration(timeLeft));
    set('epoch', texts.training.pass(numbers.count(epoch), numbers.count(this.#shown.epochs)));
  }

  #push(point: RecordedPoint): void {
    const { step, perplexity, gradientNorm, validation } = point;
    this.#points.push(point);
    if (this.#points.length > mostPoints) this.#points = this.#points.filter((_, i) => i % 2 === 0);
    this.#perplexity.push(step, [perplexity, validation, this.#shown.ngram ?? null]);
    this.#gradient.push(step, [gradientNorm]);
  }

  #facts(): string {
    const { parameters, tokens, validationTokens } = this.#shown;
    return texts.training.facts(
      numbers.count(parameters),
      numbers.count(tokens),
      this.#many,
      numbers.count(validationTokens),
    );
  }

  #showComparison(): void {
    const { unigram, ngram, validation, perplexity, tokens } = this.#shown;
    const shown = (value: number | undefined) => (value === undefined ? '-' : perplexityText(value));
    set('unigram', shown(unigram));
    set('ngram', shown(ngram));
    set('validation', shown(validation.at(-1)));
    const verdict = element('verdict', HTMLElement);
    const found =
      unigram !== undefined && ngram !== undefined && perplexity !== undefined
        ? verdictOf(
            { validation, training: perplexity, tokens, finished: this.#finished },
            { unigram, ngram },
          )
        : undefined;
    if (found) verdict.dataset.standing = found.standing;
    else delete verdict.dataset.standing;
    if (!found) {
      verdict.textContent = '';
      return;
    }
    const share = numbers.percent(Math.abs(found.ahead), Math.abs(found.ahead) < 0.01 ? 1 : 0);
    const standing = {
      'past n-gram': () => texts.verdict.past(share),
      'below n-gram': () => texts.verdict.belowNgram(share),
      'below unigram': () => texts.verdict.belowUnigram,
    }[found.standing]();
    const help = found.advice.map((advice) => texts.verdict.advice[adviceKeys[advice]]);
    verdict.textContent =
      help.length === 0 ? standing : `${standing} ${texts.verdict.helps(help.join(', '))}`;
  }
}

const adviceKeys = {
  'more passes': 'passes',
  'more text': 'text',
  'more dropout': 'dropout',
  'lower rate': 'rate',
  'larger network': 'network',
} as const satisfies Record<Advice, keyof typeof texts.verdict.advice>;

/** Runs that diverged have perplexities of many digits. */
export function perplexityText(value: number): string {
  return value < 1e5 ? numbers.fixed(value, 2) : numbers.scientific(value);
}

/** Seconds, in words. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const count = (value: number) => numbers.count(value);
  if (whole < 60) return texts.training.seconds(count(whole));
  const minutes = Math.floor(whole / 60);
  if (minutes < 60 && whole % 60 === 0) return texts.training.wholeMinutes(count(minutes));
  if (minutes < 60) return texts.training.minutes(count(minutes), String(whole % 60).padStart(2, '0'));
  return texts.training.hours(count(Math.floor(minutes / 60)), count(minutes % 60));
}

function set(id: string, text: string): void {
  element(id, HTMLElement).textContent = text;
}
