import { readFile } from 'node:fs/promises';
import { mainThreadTasks, PageBrowser } from '@throughtime/page-server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  builtPage,
  chooseQuickModel,
  drawnFigure,
  hasBrowser,
  openReady,
  soon,
  train,
} from './fixtures/forecast-page.js';

describe.skipIf(!hasBrowser())("the page's figures", () => {
  let browser: PageBrowser;

  beforeAll(async () => {
    browser = await PageBrowser.start(builtPage);
  });

  afterAll(async () => {
    await browser?.close();
  });

  it('reads values where someone points, and zooms where someone drags', async () => {
    const { page, context, errors } = await openReady(browser);
    await page.locator('#k-step-figure svg').waitFor();
    const figure = page.locator('#one-step-figure');
    const drawn = () => figure.locator('svg').innerHTML();
    const all = await drawn();
    await figure.scrollIntoViewIfNeeded();
    const box = (await figure.boundingBox())!;
    const at = (share: number) => [box.x + box.width * share, box.y + 120] as const;
    await page.mouse.move(...at(0.75));
    await figure.locator('.readout', { hasText: /^\d+ · data .* · Linear \(4\), one step / }).waitFor();
    await page.mouse.down();
    await page.mouse.move(...at(0.9), { steps: 3 });
    await page.mouse.up();
    await expect.poll(drawn, soon).not.toBe(all);
    expect(await page.locator('#window').inputValue()).toBe('');
    await page.mouse.dblclick(...at(0.75));
    await expect.poll(drawn, soon).toBe(all);
    expect(await page.locator('#window').inputValue()).toBe('0');
    await page.selectOption('#window', '30');
    await expect.poll(drawn, soon).not.toBe(all);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#image')]);
    const picture = await readFile(await download.path());
    // A PNG as wide and high as cards are.
    expect([...picture.subarray(1, 4)]).toEqual([...'PNG'].map((letter) => letter.charCodeAt(0)));
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1200, 630]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('follows the k slider, by keyboard', async () => {
    const { page, context, errors } = await openReady(browser);
    await chooseQuickModel(page);
    await train(page);
    await page.focus('#k');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#k').getAttribute('aria-valuetext')).toBe('17 steps ahead');
    await page.locator('#k-step-figure svg[aria-label*="17 steps ahead"]').waitFor();
    await page.keyboard.press('End');
    await page.locator('#k-step-figure svg[aria-label*="64 steps ahead"]').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  it('moves the origin of the forecast by pointer and by keyboard', async () => {
    const { page, context, errors } = await openReady(browser);
    // The model of the arrival has a forecast, too.
    const arrival = await drawnFigure(page, 'forecast');
    await arrival.evaluate((figure) => figure.setAttribute('data-old', ''));
    await chooseQuickModel(page);
    await train(page);
    const chart = page.locator('#forecast-figure svg:not([data-old])');
    await chart.waitFor();
    await chart.scrollIntoViewIfNeeded();
    const origin = () => page.locator('#origin').inputValue().then(Number);
    expect(await origin()).toBe(936);
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    // The chart shows rows 604 to 1064: its middle, between the margins, is about row 825.
    expect(await origin()).toBeGreaterThan(780);
    expect(await origin()).toBeLessThan(870);
    const before = await page.locator('#forecast-summary').textContent();
    await page.focus('#origin');
    await page.keyboard.press('End');
    expect(await origin()).toBe(1000);
    await expect
      .poll(() => page.locator('#forecast-summary').textContent(), soon)
      .toContain('Nobody has seen');
    expect(await page.locator('#forecast-summary').textContent()).not.toBe(before);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('keeps the main thread free while a recurrent network trains and its figures are drawn', async () => {
    const { page, context, errors } = await openReady(browser);
    await page.selectOption('#model', 'gru');
    await page.fill('#epochs', '4');
    const { longestCpu, longest } = await mainThreadTasks(browser.browser, page, async () => {
      expect(await train(page)).toBe('trained: GRU');
      await drawnFigure(page, 'horizon');
    });
    console.log(
      `main thread: the longest task ${longestCpu.toFixed(1)} ms of computing, ${longest.toFixed(1)} ms by the clock`,
    );
    expect(longestCpu).toBeLessThan(50);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('shows on a phone what there is to see before the settings, and draws figures as they come near', async () => {
    const { page, context, errors } = await openReady(browser, { width: 390, height: 844 });
    await page.locator('#verdict .verdict').waitFor();
    const top = async (selector: string) => (await page.locator(selector).boundingBox())!.y;
    expect(await top('#verdict')).toBeLessThan(844);
    expect(await top('#k-step-figure')).toBeLessThan(await top('#settings'));
    await drawnFigure(page, 'one-step');
    const horizon = page.locator('#horizon-figure');
    expect(await horizon.locator('svg').count()).toBe(0);
    // The place is kept, so that the page does not move when the figure comes.
    expect((await horizon.boundingBox())!.height).toBeGreaterThan(200);
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await horizon.locator('svg').count()).toBe(1);
    // Another series: nothing of the last one stays, seen or unseen.
    await page.selectOption('#source', 'sunspots');
    await page.locator('#data-figure svg[aria-label*="unspots"]').waitFor();
    expect(await horizon.locator('svg').count()).toBe(0);
    await drawnFigure(page, 'horizon');
    expect(errors).toEqual([]);
    await context.close();
  });
});
