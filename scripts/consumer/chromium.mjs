// Opens a folder of static files in headless Chromium and gives what the page wrote into its title.
import { chromiumFlags, chromiumPath, serveFolders } from '@throughtime/page-server';
import { chromium } from 'playwright-core';

/**
 * @param {string} folder what to serve
 * @returns {Promise<string | undefined>} the title that the page set; undefined when there is no Chromium
 */
export async function runInChromium(folder) {
  const executablePath = chromiumPath();
  if (!executablePath) return undefined;
  const server = await serveFolders({ '/': folder });
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`${server.url}/`);
    const finished = await page
      .waitForFunction('document.title.startsWith("done: ")', undefined, { timeout: 60_000 })
      .then(
        () => true,
        () => false,
      );
    if (!finished || errors.length > 0)
      throw new Error(`the page in Chromium failed: ${errors.join('; ') || 'no result after 60 s'}`);
    return (await page.title()).slice('done: '.length);
  } finally {
    await browser.close();
    await server.close();
  }
}
