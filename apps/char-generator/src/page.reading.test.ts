// Texts of any kind, the tokens that the page reads them in, and what it shows of each.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dragFiles } from '@throughtime/page-server/testing';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { pageSuite } from './fixtures/page-suite.js';
import { eventsOf, generate } from './fixtures/run-cli.js';
import {
  perplexityBelow,
  resting,
  startTraining,
  rhyme as text,
  trainBriefly,
  useOwnText,
  write,
} from './fixtures/training-page.js';

pageSuite('a text', (suite) => {
  it(
    'shows what was expected at each place, by pointer and by keyboard, and hidden units in color',
    suite.onPage({}, async ({ page }) => {
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
    'takes a text file that someone drags onto it',
    suite.onPage({}, async ({ page }) => {
      const file = join(suite.folder, 'dragged <i>.txt');
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
    suite.onPage({}, async ({ page }) => {
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
      const model = join(suite.folder, `words-${tokens}`);
      await mkdir(model);
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(model, name), bytes);
      const corpus = join(suite.folder, 'words.txt');
      await writeFile(corpus, text);
      const read = await generate('evaluate', '--model', model, '--corpus', corpus, '--json');
      expect(eventsOf(read.stdout).at(-1)).toMatchObject({ tokens: count });
      const options = '--epochs 1 --hidden 8 --batch 4 --steps 8 --json'.split(' ');
      const out = join(suite.folder, `trained-${tokens}`);
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
    suite.onPage({}, async ({ page }) => {
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
    'finds settings for a text of any length and script, by what its readers take for characters',
    suite.onPage({}, async ({ page }) => {
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
});
