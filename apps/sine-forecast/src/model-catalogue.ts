import { UsageError } from '@throughtime/command-line';
import {
  autoregression,
  type CalendarFeature,
  conformal,
  drift,
  ensemble,
  ets,
  type Forecaster,
  linear,
  mlp,
  naive,
  recurrent,
  seasonalNaive,
} from '@throughtime/forecasting';
import type { Random } from '@throughtime/random';
import { useTensorBackend } from './tensor-backend.js';

/** What the command line may say of a model; each has its own defaults. */
export interface ModelSettings {
  readonly lags: number;
  readonly period: number;
  /** What a recurrent network is told of the time stamps. */
  readonly calendar: readonly CalendarFeature[];
  readonly random: Random;
  /** The steps ahead that are wanted, where they are known before training. */
  readonly horizon?: number;
  readonly epochs?: number;
  readonly lr?: number;
  readonly hidden?: number;
}

type Maker = (settings: ModelSettings) => Forecaster | Promise<Forecaster>;

/** Steps that a recurrent network reads: two seasons, and enough to tell a wave's slope from its noise. */
const contextFor = ({ lags, period }: ModelSettings) => Math.max(lags, 2 * period, 32);

/**
 * Where the horizon is known, a network that forecasts all of it at once, by its median, which has the least absolute error;
 * fewer epochs, for there are as many targets a window. Otherwise one that goes on from its own forecasts, as far as asked.
 */
const recurrentMaker =
  (cell: 'rnn' | 'gru' | 'lstm'): Maker =>
  async (settings) => {
    await useTensorBackend();
    const { period, calendar, random, horizon, lr = 0.005, hidden = 32 } = settings;
    const { epochs = horizon === undefined ? 30 : 10 } = settings;
    return recurrent({
      cell,
      random,
      hiddenSize: hidden,
      contextLength: contextFor(settings),
      lags: period > 1 ? [period, 1] : 1,
      calendar,
      epochs,
      learningRate: lr,
      ...(horizon !== undefined && { strategy: 'direct', horizon, head: { kind: 'quantile' } }),
    });
  };

const makers: Readonly<Record<string, Maker>> = {
  naive: () => naive(),
  'seasonal-naive': ({ period }) => seasonalNaive({ period }),
  drift: () => drift(),
  ar: ({ lags }) => autoregression({ order: lags }),
  ets: ({ period, random }) => ets({ period, random }),
  // Without a learning rate, exactly: L-BFGS runs a linear model to its least squares in a few iterations.
  linear: ({ lags, random, epochs, lr }) =>
    linear({ lags, random, epochs, learningRate: lr, optimizer: lr === undefined ? 'lbfgs' : 'adam' }),
  mlp: ({ lags, random, epochs = 10, lr = 0.01, hidden = 10 }) =>
    mlp({ lags, random, epochs, learningRate: lr, hiddenSize: hidden }),
  rnn: recurrentMaker('rnn'),
  gru: recurrentMaker('gru'),
  lstm: recurrentMaker('lstm'),
  ensemble: async (settings) =>
    ensemble({ members: await Promise.all(['ar', 'ets', 'gru'].map((name) => createModel(name, settings))) }),
};

export const modelNames: readonly string[] = Object.keys(makers);

/** A parser of commander's for one model or several, separated by commas. */
export function modelListOption(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!Object.hasOwn(makers, name)) {
      throw new UsageError(`--model: expected some of ${modelNames.join(', ')}, got '${name}'`);
    }
  }
  return [...new Set(names)];
}

/** An untrained model by its name. */
export async function createModel(name: string, settings: ModelSettings): Promise<Forecaster> {
  return makers[name](settings);
}

/** The models that say how sure they are; the others need their errors calibrated. */
const withDistribution = new Set(['naive', 'seasonal-naive', 'drift', 'ar', 'ets']);

/** Origins that calibrate intervals: more hardly move a quantile of .9. */
const mostOrigins = 120;

/**
 * The same with intervals up to `horizon` steps ahead, for a model that has none calibrated on the last quarter of `train` values: the
 * origins are spread over all of it, so that its seasons and holidays take part.
 */
export async function createModelWithIntervals(
  name: string,
  settings: ModelSettings,
  { horizon, train }: { readonly horizon: number; readonly train: number },
): Promise<Forecaster> {
  const model = await createModel(name, settings);
  if (withDistribution.has(name)) return model;
  const held = Math.floor((train - horizon) / 4);
  const origins = Math.max(20, Math.min(mostOrigins, held));
  const spread = Math.max(1, Math.floor(held / origins));
  // A whole number of seasons from origin to origin would only ever see one day of the week.
  const stride = spread > 1 && settings.period > 1 && spread % settings.period === 0 ? spread - 1 : spread;
  return conformal(model, { horizon, origins, stride });
}
