// The built page in Chromium, driven as a person would.
import { fileURLToPath } from 'node:url';
import { PageBrowser } from '@throughtime/page-server/testing';

const built = fileURLToPath(new URL('../../apps/char-generator/dist/web', import.meta.url));

/**
 * Trains in a browser of its own.
 * @param {Record<string, string | number>} settings by the names of the page's fields
 * @param {{ corpus: string, threads: 'one' | 'all' }} options `corpus`: a text file
 */
export async function trainInPage(settings, { corpus, threads }) {
  // Without its headers a server gets pages of one thread.
  const browser = await PageBrowser.start(built, threads === 'one' ? {} : undefined);
  try {
    const { page } = await browser.open();
    await page.locator('#start:enabled').waitFor();
    const used = /with (\d+) threads/.exec((await page.textContent('#threads')) ?? '')?.[1] ?? '1';
    await page.selectOption('#corpus', 'own');
    await page.setInputFiles('#file', corpus);
    await page.locator('details:has(#clip)').evaluate((details) => {
      details.open = true;
    });
    for (const [name, value] of Object.entries(settings)) {
      const field = page.locator(`#${name}`);
      if (await field.evaluate((one) => one instanceof HTMLSelectElement)) await field.selectOption(value);
      else await field.fill(String(value));
    }
    await page.click('#start');
    await page.locator('#epoch', { hasText: /^2 of/ }).waitFor();
    const second = performance.now();
    await page.locator('#time-left', { hasText: 'done' }).waitFor();
    const seconds = (performance.now() - second) / 1000;
    // Of the last pass: nothing comes after it.
    const pace = Number((await page.textContent('#pace')).replaceAll(',', ''));
    return { tokensPerSecond: pace, threads: Number(used), secondsAfterFirst: seconds };
  } finally {
    await browser.close();
  }
}
