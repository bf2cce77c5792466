import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { notInstalled, python } from './python.mjs';
import { syntheticSentences } from './synthetic-text.mjs';

export const description =
  '5-gram modified Kneser-Ney of a million words: training, memory, scoring; nltk.lm beside it';

const WORDS = 1_000_000;
/** nltk needs minutes and gigabytes for a million. */
const PEER_WORDS = 20_000;
const ROUNDS = 3;

/** @param {{ report: (line: string) => void }} options */
export async function run({ report }) {
  report('');
  report(
    'Text: synthetic (synthetic-text.mjs): 10,000 words by Zipf’s law, most of them following from the one or two before.',
  );
  const full = await ours(WORDS, ROUNDS);
  report(`  of ${WORDS} words: ${full.types.map((count, i) => `${count} ${i + 1}-grams`).join(', ')}`);
  report('  (English of this size repeats itself more: fewer n-grams, less work)');
  report('');
  const rows = [
    { name: 'train 5-gram, 1M words', value: median(full.seconds), unit: 's', target: 'under 4' },
    { name: 'peak resident memory', value: full.peak, unit: 'MB', target: 'under 600' },
    { name: 'score', value: median(full.scored), unit: 'tokens/s', target: '1,000,000 or more' },
  ];
  for (const { name, value, unit, target } of rows)
    report(`  ${name.padEnd(26)} ${shown(value).padStart(12)} ${unit.padEnd(9)} (goal: ${target})`);
  report(
    `  memory before training: ${shown(full.before)} MB; rounds: ${full.seconds.map((s) => s.toFixed(2)).join(', ')} s`,
  );
  report('');
  return [...rows, ...(await besideNltk(report))];
}

/** Both on the same few words; rates are the medians of ours and one run of nltk's, which is minutes of the same work. */
async function besideNltk(report) {
  const sentences = syntheticSentences({ words: PEER_WORDS });
  const text = sentences.map((ids) => ids.join(' ')).join('\n');
  const peer = await nltk(text);
  if (typeof peer === 'string') {
    report(`  nltk.lm: NOT COMPARED: ${peer}`);
    return [];
  }
  const { seconds, scored } = await ours(PEER_WORDS, 9);
  report(
    `  beside nltk.lm ${peer.version} (KneserNeyInterpolated, one discount), order 5, ${PEER_WORDS} words:`,
  );
  const rows = [
    row('train', PEER_WORDS / median(seconds), PEER_WORDS / peer.seconds, 'words/s'),
    row('score', median(scored), peer.scored, 'tokens/s'),
  ];
  for (const { name, value, peerValue, unit, ratio } of rows)
    report(
      `  ${name.padEnd(26)} ${shown(value).padStart(12)} ${unit}, nltk ${shown(peerValue)}: ${shown(ratio)} times as fast`,
    );
  return rows;
}

function row(name, value, peerValue, unit) {
  return {
    name: `${name}, ${PEER_WORDS} words`,
    value,
    unit,
    peer: 'nltk.lm',
    peerValue,
    ratio: value / peerValue,
  };
}

async function ours(words, rounds) {
  const script = fileURLToPath(new URL('ngram-training.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(words), String(rounds)]);
  return JSON.parse(stdout);
}

/** What the script prints, or why there is nothing. */
function nltk(text) {
  const script = fileURLToPath(new URL('ngram_nltk.py', import.meta.url));
  return new Promise((resolve) => {
    const peer = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    peer.stdout.on('data', (piece) => {
      out += piece;
    });
    peer.stderr.on('data', (piece) => {
      err += piece;
    });
    peer.on('error', () => resolve(`there is no ${python}`));
    peer.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else if (err.includes('No module named')) resolve(notInstalled);
      else resolve(`it failed: ${err.trim().split('\n').at(-1)}`);
    });
    // It may have ended before it read everything: close says why.
    peer.stdin.on('error', () => {});
    peer.stdin.end(text);
  });
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function shown(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
