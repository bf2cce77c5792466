import { Conformal } from '../composition/conformal.js';
import { Ensemble } from '../composition/ensemble.js';
import type { TransformOptions } from '../composition/transform.js';
import { Transformed } from '../composition/transformed.js';
import { InvalidModelError } from '../errors.js';
import { ExponentialSmoothing } from '../ets/exponential-smoothing.js';
import { Autoregression } from './autoregression.js';
import { Drift } from './drift.js';
import { LagNetwork } from './lag-network.js';
import type { Method, SavedMethod } from './method.js';
import { Recurrent } from './recurrent.js';
import { SeasonalNaive } from './seasonal-naive.js';

const loaders: Readonly<Record<string, (saved: SavedMethod) => Method>> = {
  'seasonal-naive': (saved) => SeasonalNaive.load(saved),
  drift: () => new Drift(),
  ets: (saved) => ExponentialSmoothing.load(saved),
  transformed: ({ config, members = [] }) =>
    new Transformed(loadMethod(only(members)), config.transforms as TransformOptions[]),
  ensemble: ({ config, members = [] }) =>
    new Ensemble(members.map(loadMethod), config.combine as 'mean' | 'median'),
  conformal: (saved) => Conformal.load(saved, loadMethod(only(saved.members ?? []))),
  ar: (saved) => Autoregression.load(saved),
  'lag-network': (saved) => LagNetwork.load(saved),
  recurrent: (saved) => Recurrent.load(saved),
};

/**
 * The inverse of {@link Method.save}.
 * @throws InvalidModelError for an unknown kind or a part that is missing
 */
export function loadMethod(saved: SavedMethod): Method {
  if (!Object.hasOwn(loaders, saved.kind)) {
    throw new InvalidModelError('kind', `one of ${Object.keys(loaders).join(', ')}`, saved.kind);
  }
  return loaders[saved.kind](saved);
}

function only(members: readonly SavedMethod[]): SavedMethod {
  if (members.length !== 1) throw new InvalidModelError('members', 'one model', members.length);
  return members[0];
}
