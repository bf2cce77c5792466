import { createHash } from 'node:crypto';
import type { CardFacts } from '@throughtime/command-line';
import type { TimeSeries } from '@throughtime/forecasting';
import { defaultEngine } from '@throughtime/wasm-kernels';
import { isModelName, isRecurrent } from '../core/models.js';
import type { OpenedSeries } from '../core/open-series.js';

/** What the cards of all forecasters that a command saves say. */
export type CommandFacts = Pick<CardFacts, 'command' | 'data' | 'settings'>;

/**
 * @param command the one that saves forecasters
 * @param options of that command; where it writes and how it reports are no part of a model
 */
export function commandFacts(
  command: string,
  options: object,
  { name, all }: Pick<OpenedSeries, 'name' | 'all'>,
): CommandFacts {
  const { out: _, json: __, ...settings } = options as Readonly<Record<string, unknown>>;
  const values = all.reduce((sum, series) => sum + series.length * series.variables.length, 0);
  const sizes = { series: all.length, values };
  return { command, data: { name, sha256: hashOf(all), sizes }, settings };
}

/** What the card of one of them says. @param figures default: it was not judged */
export function forecasterCard(
  { settings, ...facts }: CommandFacts,
  model: string,
  figures: CardFacts['figures'],
): CardFacts {
  // `gru of logarithms` is a gru.
  const [kind] = model.split(' ');
  const engine = isModelName(kind) && isRecurrent(kind) && { engine: defaultEngine().simd };
  return { ...facts, ...engine, settings: { ...settings, model }, figures };
}

function hashOf(all: readonly TimeSeries[]): string {
  const hash = createHash('sha256');
  for (const { values } of all) {
    const bytes = new DataView(new ArrayBuffer(8 * values.length));
    values.forEach((value, i) => {
      bytes.setFloat64(8 * i, value, true);
    });
    hash.update(bytes);
  }
  return hash.digest('hex');
}
