// npm run docs -- lighthouse: builds the site, and measures some of its pages with Lighthouse as a slow phone sees them: the start page, a
// guide, and of the API reference a package's first page and the longest of all. Each must reach 95 of 100 for performance and
// accessibility. Lighthouse comes from npm; the pages come from this machine. Times are simulated from what the browser did, so measure on
// a machine that does nothing else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chromiumFlags, chromiumPath, serveFolders } from '@throughtime/page-server';

/** The newest that runs on Node 20. */
const lighthouse = 'lighthouse@12.8.2';
const pages = ['', 'guides/train-on-your-text.html', 'api/lang-model.html', 'api/lang-model/ngram.html'];
const categories = ['performance', 'accessibility'];
const least = 95;
/** The middle one of these runs counts: another program may have disturbed one. */
const runs = 3;

/**
 * @param {string} dist  the built site, of the base /page/
 * @param {(line: string) => void} report
 * @returns {Promise<number>} how many scores are too low
 */
export async function lowScores(dist, report) {
  const { url, close } = await serveFolders({ '/page/': dist });
  let low = 0;
  try {
    for (const page of pages) {
      const results = [];
      for (let run = 0; run < runs; run++) results.push(await measured(`${url}/page/${page}`));
      results.sort((a, b) => a.scores[0] - b.scores[0]);
      const { scores, causes } = results[Math.floor(runs / 2)];
      report(`${page || 'start page'}: ${categories.map((name, i) => `${name} ${scores[i]}`).join(', ')}`);
      if (scores.every((score) => score >= least)) continue;
      low += scores.filter((score) => score < least).length;
      for (const cause of causes) report(`  ${cause}`);
    }
  } finally {
    await close();
  }
  return low;
}

/** @param {string} address @returns {Promise<{ scores: number[], causes: string[] }>} scores of 100, and what costs most */
async function measured(address) {
  const executable = chromiumPath();
  if (!executable) throw new Error('there is no Chromium; install one, or name it in CHROMIUM');
  const flags = ['--headless=new', ...chromiumFlags].join(' ');
  const child = spawn(
    'npx',
    [
      '--yes',
      lighthouse,
      address,
      '--quiet',
      '--output=json',
      `--only-categories=${categories.join(',')}`,
      `"--chrome-flags=${flags}"`,
    ],
    { shell: true, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, CHROME_PATH: executable } },
  );
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`lighthouse ended with ${status}: ${address}`);
  const { categories: judged, audits } = JSON.parse(output);
  return {
    scores: categories.map((name) => Math.round(100 * judged[name].score)),
    causes: categories
      .flatMap((name) => judged[name].auditRefs)
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9)
      .map(({ id }) => `${id}: ${audits[id].displayValue ?? audits[id].title}`),
  };
}
