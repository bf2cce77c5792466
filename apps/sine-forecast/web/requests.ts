import type { SineComponent } from '@throughtime/datasets';
import type { Settings } from '@throughtime/web-page';
import {
  type ModelName,
  type ModelRequest,
  modelNames,
  type OpenedSeries,
  type SeriesRequest,
} from './protocol.js';

/** Controls that decide which series is opened; the others are the model's. */
const seriesControls = /^(source|amplitude\d|period\d|phase\d|noise|length|seed)$/;

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
  if (source === 'file') return chosen.file && { kind: 'file', file: chosen.file, ...column };
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

export function modelRequest(settings: Settings): ModelRequest {
  return {
    model: modelNames.find((name) => name === settings.model) ?? 'mlp',
    lags: Number(settings.lags),
    hidden: Number(settings.hidden),
    horizon: Number(settings.horizon),
    trainShare: Number(settings.share) / 100,
    epochs: Number(settings.epochs),
    learningRate: Number(settings.rate),
    seed: Number(settings.seed),
    ...(settings.period !== '' && { period: Number(settings.period) }),
  };
}

/** Settings that suit a model: a dense network is quick to learn and sees a few lags, a recurrent one reads a stretch. */
export function suggestedSettings(model: ModelName, { period, values }: OpenedSeries): Settings {
  const dense = model === 'linear' || model === 'mlp';
  // A season and a step, where there is a short one: what came a year ago says most.
  const lags = Math.max(dense ? 4 : 32, period <= 60 ? period + 1 : 0);
  // A short series makes few updates a pass: it is read more often.
  const times = Math.min(10, Math.max(1, 1000 / values.length));
  return {
    lags: String(lags),
    hidden: dense ? '10' : '32',
    epochs: String(Math.round((dense ? 10 : 30) * times)),
    rate: dense ? '0.01' : '0.005',
  };
}
