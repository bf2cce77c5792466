export { pythonFiles } from './python-files.js';
export {
  encodeForecasterRun,
  encodeRun,
  type OptimizerSettings,
  optimizerSettings,
  type PytorchForecaster,
  type PytorchRun,
  type ScheduleSettings,
  type TruncationSettings,
} from './run-settings.js';
