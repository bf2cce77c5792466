export { checksumText, crc32, crc32c } from './checksums.js';
export { eventLoopTurn } from './event-loop-turn.js';
