import type { SineComponent } from '@throughtime/datasets';
import type { Settings } from '@throughtime/web-page';
import type { Reading } from '../src/core/reading.js';
import { type ModelRequest, modelNames, type SeriesRequest, type SuggestedSettings } from './protocol.js';

/** Controls that decide which series is opened; the others are the model's. */
const seriesControls =
  /^(source|amplitude\d|period\d|phase\d|noise|length|seed|dates|decimal|names|rows|missing|fill|zone)$/;

export function concernsSeries(controlName: string): boolean {
  return seriesControls.test(controlName);
}

/** What a valid form asks for; undefined while a file is still to be chosen. */
export function seriesRequest(
  settings: Settings,
  chosen: { readonly file: File | undefined; readonly column: string | undefined },
): SeriesRequest | undefined {
  const { source } = settings;
  const column = chosen.column === undefined ? {} : { column: chosen.column };
  if (source === 'file') {
    const fill = settings.fill === 'lines' && { fill: true };
    return (
      chosen.file && { kind: 'file', file: chosen.file, ...column, reading: readingOf(settings), ...fill }
    );
  }
  if (source !== 'sine') return { kind: 'embedded', name: source, ...column };
  const waves = [1, 2, 3].map(
    (i): Required<SineComponent> => ({
      amplitude: Number(settings[`amplitude${i}`]),
      period: Number(settings[`period${i}`]),
      phase: Number(settings[`phase${i}`]),
    }),
  );
  const sounding = waves.filter(({ amplitude }) => amplitude !== 0);
  return {
    kind: 'sine',
    waves: sounding.length > 0 ? sounding : [waves[0]],
    noise: Number(settings.noise),
    length: Number(settings.length),
    seed: Number(settings.seed),
  };
}

/** What the form says of a file; a control left alone says nothing. */
function readingOf({ dates, decimal, names, rows, missing, zone }: Settings): Reading {
  return {
    ...(dates === 'rows' ? { time: false } : dates && { timeFormat: dates }),
    ...(decimal === '.' || decimal === ',' ? { decimal } : {}),
    ...(names && { header: names === 'names' }),
    ...(rows && { id: rows }),
    ...(missing && { missingMarkers: missing.split(',').map((text) => text.trim()) }),
    ...(zone && { zone }),
  };
}

/** A model that is fitted before anyone could wait, with the settings suggested for it, and the rest as the form has it. */
export function quickRequest(settings: Settings, suggested: SuggestedSettings): ModelRequest {
  return modelRequest({ ...settings, model: 'linear', ...suggested.models.linear });
}

/** The form's settings that ask for a model: the inverse of {@link modelRequest}. */
export function settingsOf(request: ModelRequest): Settings {
  const { model, lags, hiddenSize, horizon, trainShare, epochs, learningRate, seed, period } = request;
  return {
    model,
    lags: String(lags),
    hidden: String(hiddenSize),
    horizon: String(horizon),
    share: String(Number((100 * trainShare).toFixed(4))),
    epochs: String(epochs),
    rate: learningRate === undefined ? '' : String(learningRate),
    seed: String(seed),
    period: period === undefined ? '' : String(period),
  };
}

export function modelRequest(settings: Settings): ModelRequest {
  return {
    model: modelNames.find((name) => name === settings.model) ?? 'mlp',
    lags: Number(settings.lags),
    hiddenSize: Number(settings.hidden),
    horizon: Number(settings.horizon),
    trainShare: Number(settings.share) / 100,
    epochs: Number(settings.epochs),
    ...(settings.rate !== '' && { learningRate: Number(settings.rate) }),
    seed: Number(settings.seed),
    ...(settings.period !== '' && { period: Number(settings.period) }),
  };
}

/** Whether two requests ask for the same. */
export function areSame<R extends SeriesRequest | ModelRequest>(one: R, other: R): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
