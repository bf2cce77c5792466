import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadText } from '@throughtime/datasets';
import { trainInNode } from './browser/node-training.mjs';
import { measurePages, rates } from './browser/page-loading.mjs';
import { trainInPage } from './browser/page-training.mjs';
import { nodeVersions } from './recurrent/runners.mjs';
import { median, shown, table } from './recurrent/statistics.mjs';

export const description =
  'both pages (Chromium): when they can be used, how long their main thread is busy; training beside the command line (6 minutes); --quick, --loading';

/** The page's default with more units, the character model of char-rnn, and a plain RNN. */
const cases = [
  { name: 'GRU 256', settings: { cell: 'gru', hidden: 256, layers: 1, batch: 32, steps: 35 } },
  { name: 'LSTM 2 x 128', settings: { cell: 'lstm', hidden: 128, layers: 2, batch: 50, steps: 50 } },
  { name: 'RNN 512', settings: { cell: 'rnn', hidden: 512, layers: 1, batch: 32, steps: 35 } },
];

/** The first pass warms everything up; the last one counts. */
const common = { epochs: 3, optimizer: 'adam', lr: 0.002, clip: 1, dropout: 0, seed: 1 };

/** Characters of Moby-Dick: about two seconds per pass. */
const characters = 50_000;

/**
 * --quick: one round, one model. --rounds N: default 3. --case TEXT: only models whose name contains it. --loading: no comparison of training.
 * @param {{ args: string[], report: (line: string) => void }} options
 */
export async function run({ args, report }) {
  const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const quick = args.includes('--quick');
  const rounds = Number(option('--rounds') ?? (quick ? 1 : 3));
  const wanted = option('--case')?.toLowerCase() ?? (quick ? 'gru' : '');
  const chosen = cases.filter(({ name }) => name.toLowerCase().includes(wanted));
  const loading = await loadingOf(rounds, report);
  if (args.includes('--loading')) return loading;
  report('');
  const folder = await mkdtemp(join(tmpdir(), 'throughtime-bench-browser-'));
  try {
    const corpus = join(folder, 'corpus.txt');
    await writeFile(corpus, (await loadText('moby-dick')).text.slice(0, characters));
    const versions = await nodeVersions(report);
    const measured = [];
    for (const threads of /** @type {const} */ (['one', 'all']))
      for (const { name, settings } of chosen)
        measured.push({ name, threads, settings: { ...common, ...settings }, speeds: new Map(), clock: [] });
    report(`Chromium beside ${versions.map(({ name, simd }) => `${name} (${simd} SIMD)`).join(', ')}`);
    report(
      `Characters a second of the last of ${common.epochs} passes over ${characters / 1000}k characters of Moby-Dick; medians of ${rounds} round(s), by turns.`,
    );
    report('');
    for (let round = 0; round < rounds; round++)
      for (const one of measured) await measureOnce(one, { versions, corpus, folder, round });
    return [...loading, ...comparison(measured, versions, report)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** When the pages can be used, and their main thread's longest task: the least of the rounds, for the machine only ever adds to them. */
async function loadingOf(rounds, report) {
  const columns = [
    ['painted', 'first paint'],
    ['interactive', 'interactive'],
    ['alive', 'first result'],
    ['loading', 'longest task, loading'],
    ['training', 'longest task, training'],
  ];
  const seen = [];
  for (let round = 0; round < rounds; round++) seen.push(await measurePages());
  const lines = [['', 'device', ...columns.map(([, title]) => title)]];
  const rows = [];
  seen[0].forEach(({ page, device }, i) => {
    const least = columns.map(([name]) => Math.min(...seen.map((one) => one[i][name])));
    lines.push([page, device, ...least.map((value) => `${Math.round(value)} ms`)]);
    columns.forEach(([, title], c) => {
      rows.push({ name: `${page}, ${device}: ${title}`, value: least[c], unit: 'ms' });
    });
  });
  report(
    `A first visit in a window of 390 x 844; phone: the main thread slowed ${rates.phone} times. Least of ${rounds} round(s).`,
  );
  report(
    'Interactive: presses are answered, and no task of 50 ms comes in the next 5 seconds. Tasks: milliseconds of computing.',
  );
  report('');
  for (const line of table(lines)) report(line);
  return rows;
}

async function measureOnce(one, { versions, corpus, folder, round }) {
  const note = (name, { tokensPerSecond }) =>
    one.speeds.set(name, [...(one.speeds.get(name) ?? []), tokensPerSecond]);
  const inPage = async () => {
    const result = await trainInPage(one.settings, { corpus, threads: one.threads });
    one.used = result.threads;
    one.clock.push(((one.settings.epochs - 1) * 0.9 * characters) / result.secondsAfterFirst);
    note('page', result);
  };
  const inNode = async () => {
    for (const { name, binary } of versions) {
      const options = { corpus, threads: one.used, out: join(folder, 'model') };
      note(name, await trainInNode(binary, one.settings, options));
    }
  };
  // The page comes first in the first round: it says how many threads there are.
  for (const turn of round % 2 ? [inNode, inPage] : [inPage, inNode]) await turn();
}

function comparison(measured, versions, report) {
  const names = versions.map(({ name }) => name);
  const lines = [
    ['', 'threads', 'page', ...names, ...names.map((name) => `page/${name}`), 'page, by the clock'],
  ];
  const rows = [];
  for (const { name, used, speeds, clock } of measured) {
    const page = median(speeds.get('page'));
    const peers = names.map((peer) => median(speeds.get(peer)));
    const ratios = peers.map((peer) => page / peer);
    lines.push([
      name,
      String(used),
      shown(page),
      ...peers.map(shown),
      ...ratios.map((ratio) => `${Math.round(100 * ratio)}%`),
      shown(median(clock)),
    ]);
    names.forEach((peer, i) => {
      const title = `${name}, ${used} thread(s), in the page`;
      rows.push({ name: title, value: page, unit: 'tokens/s', peer, peerValue: peers[i], ratio: ratios[i] });
    });
  }
  for (const line of table(lines)) report(line);
  report('');
  report(
    'By the clock: with validation, samples and whatever else the page does between the first and the last pass.',
  );
  return rows;
}
