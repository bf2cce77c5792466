import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from '@throughtime/page-server';
import {
  accessibilityViolations,
  dragFiles,
  firstLoad,
  keptOffline,
  mainThreadTasks,
  type OpenPage,
  PageBrowser,
  patience,
  type VisitOptions,
} from '@throughtime/page-server/testing';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeSettings, pageRecipe } from './core/settings.js';
import { eventsOf, generate } from './fixtures/run-cli.js';
import {
  builtPage,
  openReady,
  perplexityBelow,
  perplexityShown,
  ready,
  reportsShown,
  resting,
  startTraining,
  useOwnText,
} from './fixtures/training-page.js';

const browserPath = chromiumPath();
if (!browserPath)
  console.warn('SKIPPED: the tests of the page need Chromium: install it, or name it in CHROMIUM.');

/** Easy to learn: after any four characters there is one way to go on, but for the number. */
const rhyme = Array.from({ length: 120 }, (_, i) => `the owl sat on wall ${i % 10}, and sang of the sea.\n`);
const text = rhyme.join('');

let browser: PageBrowser;
let folder: string;

beforeAll(async () => {
  if (!browserPath) return;
  browser = await PageBrowser.start(builtPage);
  folder = await mkdtemp(join(tmpdir(), 'throughtime-page-'));
});

afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** Runs a test on a page of its own, which must not have complained. */
function onPage(options: VisitOptions, test: (open: OpenPage) => Promise<void>) {
  return async () => {
    const open = await openReady(browser, options);
    await test(open);
    expect(open.errors).toEqual([]);
    await open.context.close();
  };
}

/** Trains on the rhyme until it is half learned, then stops. */
async function trainBriefly(page: Page): Promise<void> {
  await useOwnText(page, text);
  await startTraining(page);
  await perplexityBelow(page, 4);
  await page.click('#stop');
  await resting(page);
}

/** How many runs the browser keeps for pages that come back. */
function savedRuns(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open('throughtime-char-generator-autosave');
        opening.onsuccess = () => {
          const database = opening.result;
          if (database.objectStoreNames.length === 0) return resolve(0);
          const counting = database.transaction('files').objectStore('files').count();
          counting.onsuccess = () => resolve(counting.result);
        };
      }),
  );
}

async function write(page: Page): Promise<string> {
  await page.click('#write');
  await page.locator('#inspection').waitFor();
  return (await page.textContent('#written')) ?? '';
}

// Two cores may be busy with other tests: what takes seconds alone may take a minute.
describe.skipIf(!browserPath)('the page', { timeout: 180_000 }, () => {
  it(
    'is alive before anything is pressed, and keeps what is set and pasted over a reload',
    onPage({}, async ({ page }) => {
      await page.locator('#inspection').waitFor();
      expect(await page.textContent('#written')).toMatch(/^The whale [\s\S]{300,}/);
      expect(await page.textContent('#run-facts')).toContain('came with the page');
      expect(await page.textContent('#verdict')).not.toBe('');
      const colors = await page
        .locator('[data-place]')
        .evaluateAll((all) => all.map((one) => (one as HTMLElement).style.backgroundColor));
      expect(new Set(colors).size).toBeGreaterThan(10);
      await page.hover('[data-place="14"]');
      expect(await page.textContent('#place-text')).toMatch(/^Here came/);
      // Weights of 8 bits are not for training on.
      expect(await page.locator('#further').isDisabled()).toBe(true);

      await page.selectOption('#corpus', 'own');
      await page.fill('#pasted', 'a draft');
      await page.fill('#hidden', '77');
      await page.reload();
      await ready(page);
      expect(await page.inputValue('#pasted')).toBe('a draft');
      expect(await page.inputValue('#hidden')).toBe('77');
    }),
  );

  it(
    'trains, pauses, continues, writes, saves, and continues after a reload',
    onPage({}, async ({ page }) => {
      await useOwnText(page, text);
      await page.fill('#epochs', '120'); // so that training lasts until it is stopped, though this test waits for a busy machine
      await startTraining(page);
      await perplexityBelow(page, 8);
      await page.click('#pause');
      expect(await page.textContent('#pause')).toBe('Resume');
      expect(await page.textContent('#time-left')).toBe('paused');
      // A control is locked while it would do nothing.
      expect(await page.locator('#hidden').isDisabled()).toBe(true);
      expect(await page.textContent('#plan')).toContain('locked');
      // Writing asks the worker, which has told all that it did by the time it answers.
      await write(page);
      const paused = await page.getAttribute('#perplexity-curve', 'aria-label');
      await write(page);
      expect(await page.getAttribute('#perplexity-curve', 'aria-label')).toBe(paused);
      await page.click('#pause');
      await perplexityBelow(page, 2);
      await page.click('#stop');
      await resting(page);
      expect(await page.textContent('#time-left')).toBe('stopped');
      expect(await page.locator('#hidden').isDisabled()).toBe(false);

      await page.fill('#prompt', 'the owl ');
      await page.fill('#temperature', '0');
      expect(await page.locator('#top-k').isDisabled()).toBe(true);
      expect(await write(page)).toContain('the owl sat on wall');
      expect(await page.textContent('#live-sample')).toMatch(/owl|wall|sang|sea/);

      const trained = await perplexityShown(page);
      await page.fill('#model-name', 'owl <b>');
      await page.click('#save');
      const saved = page.getByRole('button', { name: 'Open owl <b>' });
      await saved.waitFor();
      await page.getByRole('button', { name: 'Delete owl <b>' }).click();
      await saved.waitFor({ state: 'detached' });
      await page.click('#undo');
      await saved.waitFor();
      const shown = ['#ngram', '#validation', '#epoch', '#live-sample', '#verdict', '#run-facts'];
      const before = await Promise.all(shown.map((id) => page.textContent(id)));

      await page.reload();
      await ready(page);
      await saved.click();
      await resting(page);
      // It comes back as it was, curves and comparison included.
      expect(await Promise.all(shown.map((id) => page.textContent(id)))).toEqual(before);
      expect(await page.getAttribute('#perplexity-curve', 'aria-label')).toMatch(/training: \d/);
      expect(await page.inputValue('#hidden')).toBe('32');
      expect(await page.inputValue('#pasted')).toBe(text);
      await page.click('#further');
      await perplexityBelow(page, trained + 0.5);
      await resting(page);
      expect(await page.textContent('#epoch')).toBe('120 of 120');
      expect(await page.textContent('#time-left')).toBe('done');
      // A finished run continues for as long again.
      await page.click('#further');
      await page.getByText(/^\d+ of 240$/).waitFor();
      await page.click('#stop');
    }),
  );

  it(
    'shows what was expected at each place, by pointer and by keyboard, and hidden units in color',
    onPage({}, async ({ page }) => {
      await trainBriefly(page);
      await page.fill('#prompt', 'the owl');
      await page.fill('#length', '60');
      await write(page);
      await page.hover('[data-place="2"]');
      expect(await page.textContent('#place-text')).toMatch(
        /^Here came ‘e’, to which the model had given \d+(\.\d)?% \(at temperature 0\.7\)\.$/,
      );
      const shares = await page.locator('#candidates .share').allTextContents();
      expect(shares).toHaveLength(12);
      await page.focus('#place');
      await page.keyboard.press('ArrowRight');
      expect(await page.getAttribute('#place', 'aria-valuetext')).toMatch(/^Here came space, .* Likeliest: /);
      await page.keyboard.press('End');
      expect(await page.textContent('#place-text')).toMatch(/^Next the model expects/);

      await page.selectOption('#color', 'unit');
      const colors = () =>
        page
          .locator('[data-place]')
          .evaluateAll((all) => all.map((one) => (one as HTMLElement).style.backgroundColor));
      const first = await colors();
      expect(new Set(first).size).toBeGreaterThan(5);
      await page.focus('#unit');
      await page.keyboard.press('ArrowRight');
      expect(await page.textContent('#unit-name')).toBe('2 of 32');
      expect(await colors()).not.toEqual(first);
    }),
  );

  it(
    'writes models that the command line opens, and opens its models',
    onPage({}, async ({ page }) => {
      await trainBriefly(page);
      const waiting = page.waitForEvent('download');
      await page.click('#download');
      const download = await waiting;
      expect(download.suggestedFilename()).toBe('my-model.zip');
      const files = unzipSync(await readFile(await download.path()));
      const model = join(folder, 'from-page');
      await mkdir(model);
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(model, name), bytes);
      const sample = await generate('sample', '--model', model, '--prompt', 'the owl ', '--length', '20');
      expect(sample.stderr).toBe('');
      expect(sample.stdout.trimEnd()).toHaveLength('the owl '.length + 20);

      const corpus = join(folder, 'rhyme.txt');
      await writeFile(corpus, text);
      const own = join(folder, 'from-command');
      const options = '--hidden 16 --batch 4 --steps 8 --epochs 1 --cell lstm --json'.split(' ');
      const trained = await generate('train', '--corpus', corpus, '--out', own, ...options);
      expect(eventsOf(trained.stdout).at(-1)).toMatchObject({ event: 'done' });
      const parts = ['config.json', 'vocabulary.json', 'model.safetensors'];
      await page.setInputFiles(
        '#upload',
        parts.map((name) => join(own, name)),
      );
      await page.getByText(/^Opened config.json.*: lstm, 1 x 16 units/).waitFor();
      expect(await write(page)).not.toBe('');
      // Weights that claim to be longer than the file, or than any file.
      const damaged = await readFile(join(own, 'model.safetensors'));
      damaged.writeBigUInt64LE(2n ** 60n);
      const hostile = join(folder, 'model.safetensors');
      await writeFile(hostile, damaged);
      await page.setInputFiles('#upload', [join(own, 'config.json'), join(own, 'vocabulary.json'), hostile]);
      await page.getByText('This model cannot be opened.').waitFor();

      // It knows no other characters than its text has.
      await page.fill('#pasted', `${text}€`);
      await page.click('#further');
      await page.locator('#problem').getByText("has never seen, such as '€'").waitFor();
      await page.fill('#pasted', text);
      // It comes without a run: the form says how to go on.
      await page.click('#further');
      await perplexityBelow(page, 4);
      await page.click('#stop');
      await resting(page);
    }),
  );

  it(
    'answers what it cannot use with a message, and works on',
    onPage({}, async ({ page }) => {
      const facts = page.locator('#text-facts');
      const problem = page.locator('#problem');
      const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'text/plain', buffer });
      await page.selectOption('#corpus', 'own');
      await page.click('#start');
      await problem.getByText('Paste a text').waitFor();
      await page.setInputFiles('#file', file('image.png', Buffer.from([0x89, 0x50, 0xff, 0x00])));
      await facts.getByText('image.png is not UTF-8 text.').waitFor();
      await page.evaluate(() => {
        const data = new DataTransfer();
        const part = new Blob(['a'.repeat(10_000_000)]);
        data.items.add(new File(Array<Blob>(20).fill(part), 'large.txt'));
        const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
        document.querySelector('#drop')!.dispatchEvent(drop);
      });
      await facts.getByText('large.txt has 200 MB; this page takes up to 10 MB.').waitFor();
      await page.fill('#pasted', 'too short');
      await page.click('#start');
      await problem.getByText('The text is too short').waitFor();

      await page.setInputFiles('#upload', file('model.zip', Buffer.from('PK no archive')));
      await page.getByText('model.zip is no .zip file, or a damaged one.').waitFor();
      await page.setInputFiles('#upload', file('config.json', Buffer.from('{"format": 1}')));
      await page.getByText('This model cannot be opened. config.json: format: expected').waitFor();
      await page.fill('#hidden', '0');
      await page.click('#start');
      expect(await page.locator('#hidden:invalid').count()).toBe(1);

      // A paste that would choke a text field is kept out of it.
      await page.evaluate(() => {
        const data = new DataTransfer();
        data.setData('text/plain', 'a'.repeat(200_000_000));
        const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
        document.querySelector('#pasted')!.dispatchEvent(paste);
      });
      await facts.getByText('That is 200.0 million characters.').waitFor();
      await trainBriefly(page);
      await page.fill('#prompt', 'żółw');
      await page.click('#write');
      await page.getByText('The model has never seen some of this text.').waitFor();
    }),
  );

  it(
    'takes what is done before the worker has answered',
    onPage({}, async ({ page }) => {
      await page.selectOption('#corpus', 'own');
      await page.fill('#pasted', text);
      // Settings follow the text, but not in a field that someone is about to write in.
      await page.focus('#hidden');
      await page.locator('#hidden').selectText();
      await page.getByText(`${text.length.toLocaleString('en')} characters, `).waitFor();
      const followed = await page.inputValue('#epochs');
      expect(followed).not.toBe(String(pageRecipe.epochs));
      await page.keyboard.type('32');
      expect(await page.inputValue('#hidden')).toBe('32');

      await page.fill('#epochs', '1000'); // so that it ends because it is stopped
      // Pressed twice, it starts once; stopped while the run is prepared, it stops.
      await page.locator('#start').dblclick();
      await page.click('#stop');
      await resting(page);
      expect(await page.textContent('#time-left')).toBe('stopped');
      expect(await page.textContent('#problem')).toBe('');
    }),
  );

  it(
    'takes a text file that someone drags onto it',
    onPage({}, async ({ page }) => {
      const file = join(folder, 'dragged <i>.txt');
      await writeFile(file, text);
      await page.selectOption('#corpus', 'own');
      await dragFiles(page.locator('#drop'), [file]);
      await page.getByText(`dragged <i>.txt: ${text.length.toLocaleString('en')} characters`).waitFor();
      // Beside the field as well: the browser would otherwise open the file in place of the page.
      await page.selectOption('#corpus', 'alice');
      await dragFiles(page.locator('h1'), [file]);
      await page.getByText('dragged <i>.txt: ').waitFor();
      await page.fill('#hidden', '16');
      await page.click('#start');
      await resting(page);
    }),
  );

  it.each([
    // "wall 3, and" is three words, or four where the comma is one of its own.
    ['whitespace', 'between blanks', 11 * 120],
    ['word', 'with punctuation apart', 13 * 120],
  ] as const)('reads words (%s: %s), the tokens that the command reads', (tokens, _, count) =>
    onPage({}, async ({ page }) => {
      await useOwnText(page, text);
      await page.selectOption('#tokens', tokens);
      await page
        .locator('#text-facts')
        .getByText(`${count.toLocaleString('en')} words, `)
        .waitFor();
      await page.fill('#batch', '4');
      await page.fill('#steps', '8');
      await startTraining(page);
      await perplexityBelow(page, 3);
      await page.click('#stop');
      await resting(page);
      expect(await page.textContent('.panel .readings')).toContain('Words per second');
      expect(await page.textContent('#run-facts')).toContain(' words; ');

      await page.fill('#prompt', 'the owl sat');
      await page.fill('#temperature', '0');
      await page.fill('#length', '3');
      expect((await write(page)).trim()).toMatch(/^the owl sat on wall [0-9]/);
      await page.hover('[data-place="1"]');
      expect(await page.textContent('#place-text')).toMatch(/^Here came \u2018owl\u2019, to which/);
      // It is marked among those that were expected.
      expect(await page.textContent('#candidates .came code')).toBe('\u2018owl\u2019');

      const waiting = page.waitForEvent('download');
      await page.click('#download');
      const files = unzipSync(await readFile(await (await waiting).path()));
      const model = join(folder, `words-${tokens}`);
      await mkdir(model);
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(model, name), bytes);
      const corpus = join(folder, 'words.txt');
      await writeFile(corpus, text);
      const read = await generate('evaluate', '--model', model, '--corpus', corpus, '--json');
      expect(eventsOf(read.stdout).at(-1)).toMatchObject({ tokens: count });
      const options = '--epochs 1 --hidden 8 --batch 4 --steps 8 --json'.split(' ');
      const out = join(folder, `trained-${tokens}`);
      const trained = await generate(
        'train',
        '--corpus',
        corpus,
        '--tokens',
        tokens,
        '--out',
        out,
        ...options,
      );
      const [start] = eventsOf(trained.stdout);
      expect((start.tokens as number) + (start.validationTokens as number)).toBe(count);
      const parts = ['config.json', 'vocabulary.json', 'model.safetensors'];
      await page.setInputFiles(
        '#upload',
        parts.map((name) => join(out, name)),
      );
      await page.getByText(/^Opened config.json.* weights, \d+ words\./).waitFor();
    })(),
  );

  it(
    'reads pieces of words that it learns, by each rule, and writes in them',
    onPage({}, async ({ page }) => {
      await useOwnText(page, text);
      const facts = page.locator('#text-facts');
      const told = new Set<string | null>();
      for (const tokens of ['wordpiece', 'unigram', 'bpe']) {
        await page.selectOption('#tokens', 'char');
        await facts.getByText(' characters, ').waitFor();
        await page.selectOption('#tokens', tokens);
        await facts.getByText(' pieces, ').waitFor();
        told.add(await facts.textContent());
      }
      // Each cuts the text in its own way.
      expect(told.size).toBe(3);
      await page.fill('#batch', '4');
      await page.fill('#steps', '8');
      await startTraining(page);
      await perplexityBelow(page, 3);
      await page.click('#stop');
      await resting(page);
      expect(await page.textContent('#run-facts')).toContain(' pieces; ');
      await page.fill('#prompt', 'the owl sat');
      await page.fill('#temperature', '0');
      await page.fill('#length', '12');
      expect(await write(page)).toMatch(/^the owl sat on wall [0-9]/);
      await page.hover('[data-place="1"]');
      expect(await page.textContent('#place-text')).toMatch(/^Here came /);
    }),
  );

  it(
    'says when training diverges, and works on',
    onPage({}, async ({ page }) => {
      const problem = page.locator('#problem');
      await useOwnText(page, text);
      await page.selectOption('#optimizer', 'sgd');
      await page.fill('#lr', '10');
      await page.locator('#settings summary').click();
      await page.fill('#clip', '0');
      await page.click('#start');
      await problem.getByText('Training diverged').waitFor();
      await page.click('#stop');
      await resting(page);

      await page.selectOption('#optimizer', 'adam');
      await trainBriefly(page);
      expect(await problem.textContent()).toBe('');
    }),
  );

  it(
    "starts with the page's recipe, and gives each optimizer its rate",
    onPage({}, async ({ page }) => {
      const { hiddenSize, ...recipe } = completeSettings({}, pageRecipe);
      const shown = { ...recipe, hidden: hiddenSize };
      const names = 'corpus cell hidden layers epochs optimizer lr schedule steps batch clip dropout seed';
      for (const name of names.split(' ') as (keyof typeof shown)[])
        expect(await page.inputValue(`#${name}`), name).toBe(String(shown[name]));
      await page.selectOption('#optimizer', 'sgd');
      expect(await page.inputValue('#lr')).toBe('1');
      expect(await page.inputValue('#schedule')).toBe('constant');
      await page.selectOption('#optimizer', 'adamw');
      expect(await page.inputValue('#schedule')).toBe('one-cycle');
      await page.locator('#settings summary').click();
      await page.selectOption('#schedule', 'constant');
      expect(await page.inputValue('#lr')).toBe('0.004');
    }),
  );

  it(
    'shares settings by a link, and says which of a link it would not take',
    onPage({ hash: '#cell=lstm&hidden=64&layers=99&corpus=alice&lr=%3Cb%3E' }, async ({ page, context }) => {
      expect(await page.inputValue('#cell')).toBe('lstm');
      expect(await page.inputValue('#hidden')).toBe('64');
      expect(await page.inputValue('#layers')).toBe('1');
      expect(await page.textContent('#share-note')).toMatch(/stay as they are here: layers, lr\.$/);
      await page.getByText(/^\d+,\d+ characters, \d+ different$/).waitFor();
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.fill('#hidden', '48');
      await page.click('#share');
      await page.getByText('Copied.').waitFor();
      const link = await page.evaluate(() => navigator.clipboard.readText());
      expect(link).toBe(page.url());
      expect(link).toContain('hidden=48');
      expect(link).toContain('corpus=alice');
    }),
  );

  it.each([
    ['at a desk', { width: 1280 }],
    ['on a phone, in the dark', { width: 360, dark: true }],
  ])('has no serious accessibility problem %s', async (_, options) => {
    await onPage(options, async ({ page }) => {
      await trainBriefly(page);
      await write(page);
      await page.selectOption('#color', 'surprise');
      expect(await accessibilityViolations(page)).toEqual([]);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wider).toBe(0);
    })();
  });

  it(
    'loses nothing by a reload in the midst of training, and shows one model at a time',
    onPage({}, async ({ page, context }) => {
      await useOwnText(page, text);
      await page.fill('#epochs', '400');
      await startTraining(page);
      await perplexityBelow(page, 4);
      await page.click('#pause');
      // Kept whenever training rests.
      await expect.poll(() => savedRuns(page), { timeout: patience }).toBe(1);
      await page.reload();
      await ready(page);
      const other = await context.newPage();
      await other.goto(page.url());
      await ready(other);
      // Another tab does not touch it: this one lives.
      expect(await other.locator('#continue-offer').isVisible()).toBe(false);
      await other.close();
      await page.click('#restore');
      await resting(page);
      expect(await page.inputValue('#pasted')).toBe(text);
      expect(await perplexityShown(page)).toBeLessThan(8);
      await write(page);

      // Another model takes the place of all that was of this one.
      await page.selectOption('#tokens', 'word');
      await page.fill('#epochs', '1');
      await page.fill('#batch', '2');
      await page.click('#start');
      await page.locator('#run-facts').getByText('words;').waitFor();
      expect(await page.textContent('#written')).toBe('');
      expect(await page.locator('#inspection').isVisible()).toBe(false);
      await resting(page);
    }),
  );

  it(
    'finds settings for a text of any length and script, by what its readers take for characters',
    onPage({}, async ({ page }) => {
      await page.selectOption('#corpus', 'own');
      const family = '👩‍👩‍👧';
      await page.fill('#pasted', `${family} नाम e\u0301 👍🏽\n`.repeat(220));
      await page.getByText(/^1,980 characters, \d+ different$/).waitFor();
      expect(await page.inputValue('#tokens')).toBe('grapheme');
      expect(Number(await page.inputValue('#hidden'))).toBeLessThan(128);
      expect(await page.textContent('#plan')).toMatch(
        /^About \d{3} updates, \d+ s on this machine\. Training ends early/,
      );
      // The person's settings stay, and can be given back.
      await page.fill('#hidden', '16');
      await page.fill('#epochs', '2');
      await page.fill('#pasted', 'plain text, longer than before. '.repeat(400));
      await page.getByText(/^12,800 characters/).waitFor();
      expect(await page.inputValue('#tokens')).toBe('char');
      expect(await page.inputValue('#hidden')).toBe('16');
      await page.click('#suggest');
      expect(await page.inputValue('#hidden')).toBe('128');
      await page.locator('#suggest').waitFor({ state: 'hidden' });

      await page.fill('#pasted', `${family} नाम e\u0301 👍🏽\n`.repeat(220));
      await page.getByText(/^1,980 characters/).waitFor();
      await page.fill('#epochs', '2');
      // In a field, Enter starts.
      await page.press('#epochs', 'Enter');
      await resting(page);
      await page.fill('#prompt', `${family} ना`);
      await page.fill('#length', '20');
      await write(page);
      await page.hover('[data-place="0"]');
      expect(await page.textContent('#place-text')).toContain(`‘${family}’`);
      expect(await page.textContent('#place-text')).toContain('at temperature 0.7');
      await page.locator('#verdict').getByText('What would help').waitFor();
    }),
  );

  it(
    'speaks Portuguese to a Brazilian browser, numbers included, and English when asked to',
    onPage({ locale: 'pt-BR' }, async ({ page }) => {
      expect(await page.getAttribute('html', 'lang')).toBe('pt-BR');
      expect(await page.textContent('#start')).toBe('Iniciar');
      await page.getByText(/^182\.273 caracteres, \d+ diferentes$/).waitFor();
      await page.selectOption('#corpus', 'own');
      await page.setInputFiles('#file', {
        name: 'a.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from([0xff]),
      });
      await page.getByText('a.txt não é texto em UTF-8.').waitFor();
      await page.selectOption('#language', 'en');
      await page.getByText('Is it any good?').waitFor();
      expect(await page.getAttribute('html', 'lang')).toBe('en');
      await ready(page);
      // The choice is remembered.
      await page.reload();
      await page.getByText('Is it any good?').waitFor();
    }),
  );

  it(
    'leaves its main thread free while it trains at full speed, on every core',
    onPage({}, async ({ page }) => {
      expect(await page.textContent('#threads')).toMatch(/^Uses (\d+ threads|one thread: this machine)/);
      const tasks = await mainThreadTasks(browser.browser, page, async () => {
        await startTraining(page);
        await reportsShown(page, 20);
      });
      const { count, longestCpu, longest, ninetieth } = tasks;
      console.log(
        `main thread: ${count} tasks, the longest ${longestCpu.toFixed(1)} ms of computing, ${longest.toFixed(1)} ms by the clock, nine of ten below ${ninetieth.toFixed(1)} ms`,
      );
      expect(count).toBeGreaterThan(50);
      expect(longestCpu).toBeLessThan(50);
      // By the clock a single task may wait for a core that trains; as a rule none does.
      expect(ninetieth).toBeLessThan(50);
    }),
  );

  it('loads less than 400 kB, compressed, before it can train', async () => {
    const { files, bytes } = await firstLoad(browser, async (page) => {
      await ready(page);
      await page.getByText(/characters, \d+ different/).waitFor();
    });
    console.log(`first load: ${files} files, ${(bytes / 1000).toFixed(0)} kB compressed`);
    // Page, style, workers and the book.
    expect(files).toBeGreaterThanOrEqual(5);
    expect(bytes).toBeLessThan(400_000);
  });

  it(
    'works without the network once it was loaded',
    onPage({}, async ({ page, context }) => {
      await keptOffline(page);
      await context.setOffline(true);
      await page.reload();
      await ready(page);
      await page.selectOption('#corpus', 'alice');
      await page.getByText(/^14\d,\d+ characters/).waitFor();
      await trainBriefly(page);
    }),
  );

  it('computes with one thread where the server does not isolate it, and says so, and when memory runs out', async () => {
    const bare = await PageBrowser.start(builtPage, {});
    try {
      const { page, errors } = await openReady(bare);
      expect(await page.textContent('#threads')).toMatch(/^Uses one thread: (the server|this machine)/);
      await trainBriefly(page);

      // Here the memory is the smaller one: a network that needs more is refused before it computes for long.
      await page.selectOption('#corpus', 'moby-dick');
      await page.selectOption('#cell', 'lstm');
      for (const [id, value] of Object.entries({ hidden: 1024, batch: 256, steps: 500 }))
        await page.fill(`#${id}`, String(value));
      await page.click('#start');
      await page.locator('#problem').getByText('This needs more memory than the browser gives.').waitFor();
      expect(errors).toEqual([]);
    } finally {
      await bare.close();
    }
  });
});
