export { sweepCommand } from './sweep-command.js';
export type { DoneEvent, Score, SweepTarget } from './target.js';
