export { loadForecaster, saveForecaster } from './forecaster-directory.js';
