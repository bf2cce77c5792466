import { chosenLanguage, type Language, NumberTexts } from '@throughtime/web-page';
import { en, type Texts } from './en.js';

/** Texts that are loaded where they are read. */
const others: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Texts>>> = {
  'pt-BR': async () => (await import('./pt.js')).pt,
};

/** The language of this page: it stays the same until the page is loaded again. */
export const language = chosenLanguage();

/** All that the page says, in its language. */
export const texts: Texts = language === 'en' ? en : await others[language]();

/** Numbers in the page's language. */
export const numbers = new NumberTexts(language);
