// What the page gives to others, the networks that it compares, and the story that it tells.
import { readFile } from 'node:fs/promises';
import { accessibilityViolations, patience } from '@throughtime/page-server/testing';
import { expect, it } from 'vitest';
import { pageSuite } from './fixtures/page-suite.js';
import { openReady, perplexityBelow, resting, startTraining, useOwnText } from './fixtures/training-page.js';

const verse = 'The owl sat on the wall, and said: "Sing of the sea!"\n'.repeat(60);

pageSuite('a result', (suite) => {
  it('gives a text with its model to others: as a link, in a new tab and in an open one, and as an image', async () => {
    const { page, errors, context } = await openReady(suite.browser);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await useOwnText(page, verse);
    await startTraining(page);
    await perplexityBelow(page, 4);
    await page.click('#stop');
    await resting(page);
    await page.fill('#prompt', 'The "owl"\nsat');
    await page.fill('#length', '90');
    await page.fill('#temperature', '0.8');
    await page.fill('#text-seed', '7');
    await page.click('#write');
    await page.locator('#inspection').waitFor();
    await page.click('#share-result');
    await page.locator('#result-note').getByText('Link copied.').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(page.url());
    // It writes with its weights rounded, as whoever opens the link does.
    const hash = new URL(link).hash;

    const other = await openReady(suite.browser, { hash });
    await expect.poll(() => other.page.inputValue('#color'), { timeout: patience }).toBe('surprise');
    const text = await other.page.textContent('#written');
    expect(text).toMatch(/^The "owl"\nsat/);
    expect(text!.length).toBeGreaterThanOrEqual(13 + 90);
    expect(await other.page.inputValue('#text-seed')).toBe('7');

    // Another link, pasted into the open tab: another seed and a wild temperature, so that the text is another one however much was learned.
    await other.page.evaluate(
      (next) => {
        location.hash = next;
      },
      hash.replace('text-seed=7', 'text-seed=8').replace('temperature=0.8', 'temperature=3'),
    );
    await expect.poll(() => other.page.inputValue('#text-seed'), { timeout: patience }).toBe('8');
    await expect
      .poll(
        async () => {
          const another = await other.page.textContent('#written');
          return another !== text && /^The "owl"\nsat.{80}/s.test(another ?? '');
        },
        { timeout: patience },
      )
      .toBe(true);
    await other.page.evaluate(
      (next) => {
        location.hash = next;
      },
      hash.slice(0, -400),
    );
    await other.page.locator('#models-problem:not(:empty)').waitFor();
    expect(other.errors).toEqual([]);
    await other.context.close();

    const waiting = page.waitForEvent('download');
    await page.click('#save-card');
    const image = await readFile(await (await waiting).path());
    expect(image.subarray(1, 4).toString()).toBe('PNG');
    expect([image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([1200, 630]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('trains RNN, GRU and LSTM side by side, and tells its story by one click each', async () => {
    const { page, errors, context } = await openReady(suite.browser);
    await useOwnText(page, verse);
    await page.fill('#hidden', '12');
    await page.fill('#epochs', '3');
    await page.click('#cells-start');
    await page.locator('#cells-start:enabled').waitFor();
    expect(await page.textContent('#cells-problem')).toBe('');
    const columns = page.locator('#cells-columns > div');
    expect(await columns.locator('h3').allTextContents()).toEqual(['RNN', 'GRU', 'LSTM']);
    for (const facts of await columns.locator('.hint').allTextContents())
      expect(facts).toMatch(/^[\d,]+ weights, perplexity \d+\.\d\d$/);
    expect(await page.getAttribute('#cells-curve', 'aria-label')).toMatch(/RNN: \d.*GRU: \d.*LSTM: \d/);
    // Each has read the same words, and the place that is pointed at is the same in all of them.
    const texts = await columns.locator('.colored').allTextContents();
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('The owl sat');
    await page.selectOption('#cells-color', 'dependence');
    await columns.first().locator('[data-place="30"]').hover();
    expect(await columns.locator('.here').count()).toBe(3);
    const colored = (column: number, place: number) =>
      columns
        .nth(column)
        .locator(`[data-place="${place}"]`)
        .evaluate((one) => (one as HTMLElement).style.backgroundColor);
    await expect.poll(() => colored(2, 40), { timeout: patience }).toBe('');
    expect(await colored(2, 29)).not.toBe('');
    expect(await accessibilityViolations(page)).toEqual([]);

    await page.locator('#story summary').click();
    const note = page.locator('#story-note');
    // The model that came with the page has units, too.
    await page.click('[data-story="units"]');
    await page.locator('#units li').first().waitFor();
    await page.click('[data-story="short"]');
    await page.locator('#stop:enabled').waitFor();
    expect(await page.inputValue('#steps')).toBe('4');
    await page.click('[data-story="unclipped"]');
    await note.getByText('Wait until training has ended').waitFor();
    await perplexityBelow(page, 40);
    await page.click('#stop');
    await resting(page);
    await page.click('[data-story="wild"]');
    await page.locator('#inspection').waitFor();
    expect(await page.inputValue('#temperature')).toBe('1.4');
    await page.click('[data-story="surprise"]');
    await expect.poll(() => page.inputValue('#color'), { timeout: patience }).toBe('surprise');
    await page.click('[data-story="units"]');
    await page.locator('#units li').first().waitFor();
    await page.locator('#story summary').scrollIntoViewIfNeeded();
    const links = await page
      .locator('footer a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links).toContain('../sine-forecast/');
    expect(links.filter((href) => href?.startsWith('https://'))).toHaveLength(3);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });
});
