import { inWords } from '@throughtime/errors';
import { Arima } from '../arima/arima.js';
import { Conformal } from '../composition/conformal.js';
import { Ensemble } from '../composition/ensemble.js';
import { PerSeries } from '../composition/per-series.js';
import { Transformed } from '../composition/transformed.js';
import { InvalidModelError, readSaved } from '../errors.js';
import { ExponentialSmoothing } from '../ets/exponential-smoothing.js';
import { Autoregression } from './autoregression.js';
import { Drift } from './drift.js';
import { GlobalRecurrent } from './global-recurrent.js';
import { Croston, Tsb } from './intermittent.js';
import { LagNetwork } from './lag-network.js';
import type { Method, SavedMethod } from './method.js';
import { Recurrent } from './recurrent.js';
import { SeasonalNaive } from './seasonal-naive.js';
import { Theta } from './theta.js';

type Loader = (saved: SavedMethod, members: readonly Method[]) => Method;

const loaders: Readonly<Record<string, Loader>> = {
  'seasonal-naive': (saved) => SeasonalNaive.load(saved),
  drift: () => new Drift(),
  theta: (saved) => Theta.load(saved),
  croston: (saved) => Croston.load(saved),
  tsb: (saved) => Tsb.load(saved),
  arima: (saved) => Arima.load(saved),
  ets: (saved) => ExponentialSmoothing.load(saved),
  transformed: (saved, members) => Transformed.load(saved, only(members)),
  ensemble: (saved, members) => Ensemble.load(saved, members),
  'per-series': (saved, members) => PerSeries.load(saved, members),
  conformal: (saved, members) => Conformal.load(saved, only(members)),
  ar: (saved) => Autoregression.load(saved),
  'lag-network': (saved) => LagNetwork.load(saved),
  'global-recurrent': (saved) => GlobalRecurrent.load(saved),
  recurrent: (saved) => Recurrent.load(saved),
};

/** All kinds of methods. */
export const methodKinds: readonly string[] = Object.keys(loaders);

/**
 * The inverse of {@link Method.save}.
 * @throws InvalidModelError for an unknown kind, a missing part, an unknown or wrong option
 */
export function loadMethod(saved: SavedMethod): Method {
  const { kind, members = [] } = saved;
  if (!Object.hasOwn(loaders, kind)) {
    throw new InvalidModelError('kind', `one of ${methodKinds.join(', ')}`, kind);
  }
  const loaded = members.map(loadMethod);
  return readSaved(kind, () => loaders[kind](saved, loaded));
}

function only(members: readonly Method[]): Method {
  if (members.length !== 1) throw new InvalidModelError('members', 'one model', inWords(`${members.length}`));
  return members[0];
}
