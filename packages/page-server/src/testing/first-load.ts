import { gzipSync } from 'node:zlib';
import type { Page, Response } from 'playwright-core';
import type { PageBrowser } from './page-browser.js';

/** What a first visit fetches. */
export interface FirstLoad {
  readonly files: number;
  /** Compressed, as servers send them. */
  readonly bytes: number;
}

/**
 * Visits a page for the first time and weighs what comes, workers' scripts included.
 * @param ready resolves once the page can be used
 */
export async function firstLoad(
  browser: PageBrowser,
  ready: (page: Page) => Promise<void>,
): Promise<FirstLoad> {
  const context = await browser.browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  const weigh = (response: Response) => {
    sizes.push(response.body().then((body) => gzipSync(body).length));
  };
  page.on('response', weigh);
  await page.goto(browser.address);
  await ready(page);
  // A response that comes after that could not be read any more once the page is closed.
  await page.waitForLoadState('networkidle');
  page.off('response', weigh);
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await context.close();
  return { files: sizes.length, bytes };
}
