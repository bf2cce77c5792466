import { callback, checkOptions, grouped, type OptionChecks, required } from '@throughtime/errors';
import type { TrainingEvent } from '../events.js';
import type { TrainingLogger } from './logger.js';

/** Where the lines go, and how often. */
export interface ProgressLineOptions {
  /** Shows a line in place of the one before: after each update. */
  readonly show: (line: string) => void;
  /** Shows a line that stays: after each epoch, checkpoint and at the end. Default: as `show`. */
  readonly keep?: (line: string) => void;
}

const progressLineChecks: OptionChecks<ProgressLineOptions> = { show: required(callback), keep: callback };

/** One line for people, such as `epoch 3  step 812  perplexity 6.21  12,403 tokens/s  gradient 2.31 -> 1.00  1 m 05 s left`. */
export function progressLine(options: ProgressLineOptions): TrainingLogger {
  checkOptions<ProgressLineOptions>(options, progressLineChecks);
  const { show, keep = show } = options;
  return {
    log(event) {
      const line = describeEvent(event);
      if (event.type === 'step') show(line);
      else keep(line);
    },
  };
}

/** An event in words. */
export function describeEvent(event: TrainingEvent): string {
  switch (event.type) {
    case 'step':
      return [
        ...[`epoch ${event.epoch}`, `step ${event.step}`, `perplexity ${significant(event.perplexity)}`],
        `${whole(event.tokensPerSecond)} tokens/s`,
        norms(event.gradientNorm, event.clippedNorm),
        `${duration(event.timeLeft)} left`,
      ].join('  ');
    case 'epoch':
      return [
        ...[`epoch ${event.epoch}`, `perplexity ${significant(event.perplexity)}`],
        ...(event.validation
          ? [`validation ${significant(event.validation.perplexity)}${event.best ? ' (best)' : ''}`]
          : []),
        ...[`${whole(event.tokensPerSecond)} tokens/s`, `rate ${significant(event.learningRate)}`],
        duration(event.seconds),
      ].join('  ');
    case 'checkpoint':
      return `step ${event.step}  saved ${event.location}`;
    case 'end':
      return `${reasons[event.reason]} after ${event.step} updates${event.best ? `, best in epoch ${event.best.epoch}` : ''}`;
  }
}

const reasons = {
  finished: 'finished',
  aborted: 'stopped on request',
  'early-stop': 'stopped, as validation no longer improved,',
  'time-limit': 'stopped at the time limit',
} as const;

function norms(before: number, after: number): string {
  return before === after
    ? `gradient ${significant(before)}`
    : `gradient ${significant(before)} -> ${significant(after)}`;
}

function significant(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(3)).toString() : String(value);
}

function whole(value: number): string {
  return Number.isFinite(value) ? grouped(Math.round(value)) : '-';
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '-';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const total = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${two(minutes)} m`;
  return minutes > 0 ? `${minutes} m ${two(rest)} s` : `${rest} s`;
}
