import type { Page } from 'playwright-core';

/** The selects of the page, by id, that are too narrow for what is chosen in them; all that unfolds is unfolded first. */
export function clippedSelects(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    const isClipped = (select: HTMLSelectElement) => {
      const copy = select.cloneNode(false) as HTMLSelectElement;
      copy.append(new Option(select.selectedOptions[0]?.text));
      Object.assign(copy.style, { position: 'absolute', width: 'max-content', maxWidth: 'none' });
      select.after(copy);
      const isWider = copy.offsetWidth > select.offsetWidth;
      copy.remove();
      return isWider;
    };
    return [...document.querySelectorAll('select')]
      .filter((select) => select.checkVisibility())
      .filter(isClipped)
      .map(({ id }) => id);
  });
}
