// How the page begins, trains and keeps what was trained.
import { patience } from '@throughtime/page-server/testing';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { completeSettings, pageRecipe } from './core/settings.js';
import { pageSuite } from './fixtures/page-suite.js';
import {
  perplexityBelow,
  perplexityShown,
  ready,
  resting,
  startTraining,
  rhyme as text,
  trainBriefly,
  useOwnText,
  write,
} from './fixtures/training-page.js';

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

pageSuite('the page', (suite) => {
  it(
    'is alive before anything is pressed, and keeps what is set and pasted over a reload',
    suite.onPage({}, async ({ page }) => {
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
    suite.onPage({}, async ({ page }) => {
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
    'takes what is done before the worker has answered',
    suite.onPage({}, async ({ page }) => {
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
    'says when training diverges, and works on',
    suite.onPage({}, async ({ page }) => {
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
    suite.onPage({}, async ({ page }) => {
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
    'loses nothing by a reload in the midst of training, and shows one model at a time',
    suite.onPage({}, async ({ page, context }) => {
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
});
