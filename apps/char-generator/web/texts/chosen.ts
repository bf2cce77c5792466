import { chosenLanguage, type Language, NumberTexts } from '@throughtime/web-page';
import { en, type Texts } from './en.js';
import { pt } from './pt.js';

const all = { en, 'pt-BR': pt } as const satisfies Record<Language, Texts>;

/** The language of this page: it stays the same until the page is loaded again. */
export const language = chosenLanguage();

/** All that the page says, in its language. */
export const texts: Texts = all[language];

/** Numbers in the page's language. */
export const numbers = new NumberTexts(language);
