export { type DecodedText, decodeText } from './decode-text.js';
export {
  formatOfFile,
  type ReadPanel,
  type ReadPanelOptions,
  type ReadSeries,
  type ReadSeriesOptions,
  readPanel,
  readSeries,
} from './read-series.js';
