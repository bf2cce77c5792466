import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The accessibility rules of axe that the page breaks now, one line per rule. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  // As a browser's extension would: the page's own policy lets no script in.
  await page.evaluate(await readFile(axe, 'utf8'));
  return page.evaluate(async () => {
    const checker = (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe;
    const { violations } = await checker.run();
    return violations.map(
      ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html).join(' ')}`,
    );
  });
}
