import type { Page } from 'playwright-core';

/** Resolves once the page's files are kept in the browser, and requests are answered from there. */
export async function keptOffline(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    await serviceWorker.ready;
    // Asked in the page and not polled from outside: a polled predicate is eval, which the policy forbids.
    if (serviceWorker.controller === null)
      await new Promise((resolve) =>
        serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
  });
}
