import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * The accessibility rules of axe that the page breaks now, one line per rule.
 * @param rules axe's names of the rules to hold the page to. Default: all that axe runs by itself.
 */
export async function accessibilityViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // As a browser's extension would: the page's own policy lets no script in.
  await page.evaluate(await readFile(axe, 'utf8'));
  // What passes is not described: on a long page that takes longer than the rules themselves.
  const options: RunOptions = { resultTypes: ['violations'], ...(rules && { runOnly: [...rules] }) };
  return page.evaluate(async (given) => {
    const checker = (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe;
    const { violations } = await checker.run(given);
    return violations.map(
      ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html).join(' ')}`,
    );
  }, options);
}
