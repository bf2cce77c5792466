export { eventLoopTurn } from './event-loop-turn.js';
