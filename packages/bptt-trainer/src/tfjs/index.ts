export {
  MissingGradientError,
  type StateArray,
  type TfjsLoss,
  type TfjsModelOptions,
  type TfjsPass,
  tfjsModel,
} from './tfjs-model.js';
