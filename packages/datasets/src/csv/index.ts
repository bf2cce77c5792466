export { type DecodedText, decodeText } from './decode-text.js';
export {
  formatOfFile,
  type ReadSeries,
  type ReadSeriesOptions,
  readSeries,
} from './read-series.js';
