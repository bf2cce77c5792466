import { created } from './elements.js';
import { rememberLanguage } from './language.js';

/** Fills a select with the languages of a page, each by its own name. Choosing one loads the page in it. */
export function offerLanguages(
  select: HTMLSelectElement,
  names: Readonly<Record<string, string>>,
  chosen: string,
): void {
  for (const [language, name] of Object.entries(names)) {
    const option = created('option', { text: name });
    option.value = option.lang = language;
    select.append(option);
  }
  select.value = chosen;
  select.addEventListener('change', () => {
    rememberLanguage(select.value);
    location.reload();
  });
}
