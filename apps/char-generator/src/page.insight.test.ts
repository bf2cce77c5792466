// What the page shows of a network that learns, and of what it has learned.
import { accessibilityViolations, patience } from '@throughtime/page-server/testing';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { pageSuite } from './fixtures/page-suite.js';
import { openReady, perplexityBelow, resting, startTraining, useOwnText } from './fixtures/training-page.js';

/** Has all that units may follow: quotations, digits, capitals, lines. */
const verse = Array.from(
  { length: 100 },
  (_, i) => `The owl sat on wall ${i % 10}, and said: "Sing of the sea!"\n${i % 4 === 3 ? '\n' : ''}`,
).join('');

const colorsOf = (page: Page) =>
  page
    .locator('[data-place]')
    .evaluateAll((all) => all.map((one) => (one as HTMLElement).style.backgroundColor));

pageSuite('a network that learns', (suite) => {
  it('can be played with, looked into and looked back on', async () => {
    const { page, errors, context } = await openReady(suite.browser);
    await useOwnText(page, verse);
    // Without a run the sliders do nothing.
    expect(await page.locator('#live-rate').isDisabled()).toBe(true);
    expect(await page.locator('#live-temperature').isDisabled()).toBe(true);
    await page.fill('#epochs', '200'); // so that it trains until it is stopped
    await startTraining(page);

    // The rate changes at once, and so does the temperature of the sample.
    await perplexityBelow(page, 12);
    const rate = page.locator('#live-rate');
    await rate.press('End');
    expect(await rate.getAttribute('aria-valuetext')).toMatch(/, 10 times as planned$/);
    await rate.press('Home');
    expect(await rate.getAttribute('aria-valuetext')).toMatch(/, 0\.1 times as planned$/);
    for (let i = 0; i < 20; i++) await rate.press('ArrowRight');
    expect(await rate.getAttribute('aria-valuetext')).toMatch(/, as planned$/);
    await perplexityBelow(page, 1.6);
    await page.locator('#live-temperature').press('Home');
    await expect
      .poll(() => page.textContent('#live-sample'), { timeout: patience })
      .toContain('owl sat on wall');

    // The samples of the passes stay: the first one is noise, and the newest is not lost.
    await page.click('#stop');
    await resting(page);
    expect(await page.locator('#live-rate').isDisabled()).toBe(true);
    const label = page.locator('#timeline-label');
    expect(await label.textContent()).toBe('now');
    const newest = await page.textContent('#live-sample');
    await page.click('#timeline-before');
    expect(await label.textContent()).toMatch(/^after pass \d+, perplexity \d\.\d\d$/);
    await page.locator('#timeline-place').press('Home');
    expect(await label.textContent()).toMatch(/^after pass 1, perplexity/);
    expect(await page.textContent('#live-sample')).not.toContain('owl sat on wall');
    expect(await page.locator('#timeline-before').isDisabled()).toBe(true);
    await page.locator('#timeline-place').press('End');
    expect(await page.textContent('#live-sample')).toBe(newest);
    // At rest as well: at 1.5 it cannot write what it writes at 0.
    await page.locator('#live-temperature').press('End');
    await expect.poll(() => page.textContent('#live-sample'), { timeout: patience }).not.toBe(newest);

    // Expectations stand at the character; Escape puts them away.
    await page.fill('#prompt', 'The owl sat');
    await page.fill('#temperature', '0');
    await page.fill('#length', '120');
    await page.click('#write');
    await page.locator('#inspection').waitFor();
    const card = page.locator('#place-card');
    expect(await card.isVisible()).toBe(false);
    await page.click('[data-place="14"]');
    const [at, shown] = [await page.locator('[data-place="14"]').boundingBox(), await card.boundingBox()];
    const distance = Math.min(
      Math.abs(shown!.y - at!.y - at!.height),
      Math.abs(at!.y - shown!.y - shown!.height),
    );
    expect(distance).toBeLessThan(12);
    await page.hover('[data-place="20"]');
    expect(await page.inputValue('#place')).toBe('14');
    expect(await page.getAttribute('#unit-strip', 'aria-label')).toMatch(
      /Strongest: unit \d+ -?\d\.\d\d, unit/,
    );
    await page.keyboard.press('Escape');
    expect(await card.isVisible()).toBe(false);

    // Units by name; a chosen one colors the text.
    await page.click('#find-units');
    const units = page.locator('#units li');
    await units.first().waitFor();
    expect(await units.count()).toBe(6);
    const button = units.getByRole('button', { name: /^Unit \d+ follows quotation marks/ });
    const unit = (await button.textContent())!.match(/\d+/)![0];
    await button.click();
    expect(await page.inputValue('#color')).toBe('unit');
    expect(await page.textContent('#unit-name')).toBe(`${unit} of 32`);
    expect(new Set(await colorsOf(page)).size).toBeGreaterThan(3);

    // What a prediction depended on lies before it.
    await page.click('#show-dependence');
    await page.click('[data-place="40"]');
    await page.locator('#color-legend').getByText('most influence on expecting').waitFor();
    await expect.poll(async () => (await colorsOf(page))[39], { timeout: patience }).not.toBe('');
    const colors = await colorsOf(page);
    expect(colors.slice(40).every((color) => color === '')).toBe(true);

    // A text of one's own, with letters that the network has never met.
    await page.keyboard.press('Escape');
    await page.fill('#own-reading-text', 'The owl sat on wall 3. ż');
    await page.click('#read-own');
    await page.locator('#own-reading-result').getByText('It has never seen: . ż').waitFor();
    expect(await page.inputValue('#color')).toBe('surprise');
    expect(await page.textContent('#written')).toContain('The owl sat on wall 3. ż');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });
});
