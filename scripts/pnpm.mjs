// node scripts/pnpm.mjs ARGUMENTS: pnpm at the pinned version.
import { pnpm } from './workspace.mjs';

pnpm(process.argv.slice(2));
