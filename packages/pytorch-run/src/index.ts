export { pythonFiles } from './python-files.js';
export {
  encodeRun,
  type OptimizerSettings,
  optimizerSettings,
  type PytorchRun,
  type ScheduleSettings,
  type TruncationSettings,
} from './run-settings.js';
