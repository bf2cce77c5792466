import { existsSync } from 'node:fs';
import { peerPython } from '../scripts/peers.mjs';

/** Python with the peers in it: that of `npm run peers -- --setup`, else the system's. */
export const python = existsSync(peerPython) ? peerPython : '/usr/bin/python3';

/** What to say of a peer that Python has not. */
export const notInstalled = 'it is not installed; npm run peers -- --setup';
