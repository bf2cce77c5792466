import { created } from './elements.js';
import { type Language, languageNames, rememberLanguage } from './language.js';

/** Fills a select with the languages of our pages, each by its own name. Choosing one loads the page in it. */
export function offerLanguages(select: HTMLSelectElement, chosen: Language): void {
  for (const [language, name] of Object.entries(languageNames)) {
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
