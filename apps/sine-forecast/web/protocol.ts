import type { SineComponent } from '@throughtime/datasets';
import type { Settings } from '@throughtime/web-page';
import type { Measure } from '../src/core/compare-models.js';
import type { SeriesNote } from '../src/core/notes.js';
import type { Reading } from '../src/core/reading.js';

// What the page and its worker say to each other: plain data, which structured cloning copies.

/** Which series to open. */
export type SeriesRequest =
  | {
      readonly kind: 'sine';
      /** At least one; the first one's period is the season. */
      readonly waves: readonly SineComponent[];
      readonly noise: number;
      readonly length: number;
      readonly seed: number;
    }
  | { readonly kind: 'embedded'; readonly name: string; readonly column?: string }
  | {
      readonly kind: 'file';
      readonly file: File;
      readonly column?: string;
      /** What the user says of the file. */
      readonly reading?: Reading;
      /** Whether missing values are filled in. Default: they stay missing. */
      readonly fill?: boolean;
    };

/** What is to be said of a series on the page. */
export type PageNote =
  | SeriesNote
  /** `missing` of its values are missing. Most models cannot learn from rows around a gap, so that a few gaps leave them nothing. */
  | { readonly kind: 'gaps'; readonly missing: number; readonly length: number };

/** What was left out of a comparison or cut short. */
export type TrainingNote =
  /** A baseline could not be fitted; `problem` is the error's own message, which is English. */
  | { readonly kind: 'failed'; readonly model: string; readonly problem: string }
  /** There are too few test values to judge forecasts of more steps. */
  | { readonly kind: 'short'; readonly steps: number }
  /** A season longer than half of the training values cannot be repeated. */
  | { readonly kind: 'no season'; readonly season: number; readonly values: number };

/** A series that the worker holds, as far as the page draws it. */
export interface ShownSeries {
  readonly name: string;
  /** What it was opened from: the entry of the catalog, the file, or the wave. */
  readonly source: string;
  /** All columns that can be chosen. */
  readonly columns: readonly string[];
  /** The one chosen. */
  readonly column: string;
  readonly values: Float64Array; // [T], NaN where missing
  /**
   * What the clock of the series' zone shows, in milliseconds since 1970; 64 steps past the end, for forecasts. Absent where rows are
   * numbered.
   */
  readonly times?: Float64Array; // [T + 64]
  /** The same in words, with the zone. */
  readonly timeTexts?: readonly string[]; // [T + 64]
  /** What a step is, where it is one of a unit: 'day'. */
  readonly unit?: string;
  /** Steps of a season; 1 where none is known. */
  readonly period: number;
  /** The least mean squared error that can be expected, where it is known. */
  readonly noiseFloor?: number;
  /** Where the data come from, or what was done about a flaw in them. */
  readonly notes: readonly PageNote[];
  readonly suggested: SuggestedSettings;
}

/** The models that the page trains. */
export const modelNames = ['linear', 'mlp', 'rnn', 'gru', 'lstm'] as const;
export type ModelName = (typeof modelNames)[number];

/** What the form's controls are filled with, by their names. */
export interface SuggestedSettings {
  /** When another series is opened. */
  readonly series: { readonly share: string };
  /** When another model is chosen, too. */
  readonly models: Readonly<
    Record<ModelName, Readonly<Record<'lags' | 'hidden' | 'epochs' | 'rate', string>>>
  >;
}

/** The largest number of steps ahead, of the k slider and of forecasts with intervals. */
export const mostSteps = 64;

export interface ModelRequest {
  readonly model: ModelName;
  /** Past values that the model sees: inputs of a dense network, steps that a recurrent one reads. */
  readonly lags: number;
  readonly hiddenSize: number;
  /** Steps of a forecast with intervals, at most {@link mostSteps}. */
  readonly horizon: number;
  /** The share of the values, from the first, that is learned from. */
  readonly trainShare: number;
  readonly epochs: number;
  /** Default: the model's own; a linear model then finds its least squares exactly. */
  readonly learningRate?: number;
  readonly seed: number;
  /** Steps of a season; default: the series' own. */
  readonly period?: number;
}

/**
 * The model is fitted twice: on all its training values, and then, as another one, without the end of them, on which its intervals are
 * calibrated.
 */
export type TrainingPhase = 'final' | 'calibration';

export interface TrainingProgress {
  readonly phase: TrainingPhase;
  readonly epoch: number;
  readonly epochs: number;
  /** Mean squared error in scaled units. */
  readonly loss: number;
}

/** What the worker tells while it trains. */
export type TrainingReport =
  | ({ readonly kind: 'epoch' } & TrainingProgress)
  /** The model is fitted, and not judged yet. */
  | { readonly kind: 'drawn'; readonly model: DrawnModel };

/** One model's line in the comparison. */
export interface ModelErrors {
  readonly name: string;
  /** Error k steps ahead, at index k - 1. */
  readonly errors: Float64Array; // [K]
  /** The share of outcomes, at all steps, within the interval. */
  readonly coverage: number;
  /** To fit and to forecast from all origins. */
  readonly seconds: number;
}

/** A model's forecasts of values that it has not learned from: what the four figures draw. */
export interface DrawnModel {
  /** Which of the models it is; of each, the one trained last is kept. */
  readonly model: ModelName;
  readonly name: string;
  /** Values learned from. */
  readonly start: number;
  /** K: how many steps ahead were judged, fewer than {@link mostSteps} where the series is short. */
  readonly steps: number;
  /** Values seen by the first forecast that is drawn: `start`, or later where the series is long. */
  readonly firstOrigin: number;
  /** Row k - 1: the forecasts k steps ahead from every origin from the first to the end; R = T - firstOrigin. */
  readonly rolling: Float64Array; // [K, R]
  /** From the first origin to the end, each forecast fed back. */
  readonly freeRunning: Float64Array; // [R]
}

/** What training gave: the forecasts, and how good they are. */
export interface TrainedModel extends DrawnModel {
  readonly measure: Measure;
  /** The number of origins that the errors are the mean of; they are spread over the values not learned from. */
  readonly judgedOrigins: number;
  readonly own: ModelErrors;
  readonly baselines: readonly ModelErrors[];
  /** Those of the baselines that learn nothing, by name. */
  readonly learnNothing: readonly string[];
  readonly notes: readonly TrainingNote[];
}

/** A forecast from an origin, with its interval. */
export interface OriginForecast {
  /** How many values it has seen: it forecasts the indices from here on. */
  readonly origin: number;
  readonly mean: Float64Array; // [H]
  readonly lower: Float64Array; // [H]
  readonly upper: Float64Array; // [H]
  /** Narrower intervals. */
  readonly inner: readonly {
    readonly level: number;
    readonly lower: Float64Array;
    readonly upper: Float64Array;
  }[];
}

/** The worker, as the page sees it through comlink. */
export interface ForecastWorker {
  /** Threads of the engine; 0 where it cannot run. */
  threads(): Promise<number>;
  /** Becomes the series that is trained on. */
  open(request: SeriesRequest): Promise<ShownSeries>;
  /**
   * Undefined when it was stopped: the models before it stay.
   * @param onReport what it gives resolves once the page has seen the report; none comes after the end of the training
   * @param shared a result of {@link shared}: nothing is trained, it is judged and shown. Default: none
   */
  train(
    request: ModelRequest,
    onReport: (report: TrainingReport) => unknown,
    shared?: Uint8Array,
  ): Promise<TrainedModel | undefined>;
  stop(): void;
  /** A trained model as a .zip to be given to others. @param settings of the form. Default: they go another way */
  shared(model: ModelName, settings?: Settings): Promise<Uint8Array<ArrayBuffer>>;
  /** The settings that such a .zip tells. */
  settingsIn(shared: Uint8Array): Promise<Settings>;
  /** By a model that was trained on the series. */
  forecastFrom(model: ModelName, origin: number): Promise<OriginForecast>;
}
