/** The languages of our pages, the first one for those who speak no other, each by its own name. */
export const languageNames = { en: 'English', 'pt-BR': 'Português (Brasil)' } as const;

/** A language of our pages, as a BCP 47 tag. */
export type Language = keyof typeof languageNames;

/** Where the chosen language is kept: one choice for all pages of an origin. */
const key = 'throughtime-language';

/**
 * The language that this page or worker speaks: the one that the person chose, or the first of the browser's that there is, or the
 * first of ours. A worker speaks the language that it was named after: `new Worker(url, { name: language })`.
 */
export function chosenLanguage(): Language {
  const languages = Object.keys(languageNames) as Language[];
  const wanted = typeof document === 'undefined' ? [workerName()] : [remembered(), ...navigator.languages];
  for (const tag of wanted) {
    const found = languages.find((language) => language === tag) ?? languages.find(sameLanguage(tag));
    if (found !== undefined) return found;
  }
  return languages[0];
}

/** Keeps the person's choice. It shows when the page is next loaded. */
export function rememberLanguage(language: string): void {
  try {
    localStorage.setItem(key, language);
  } catch {
    // Private windows may refuse; the browser's own language then stays.
  }
}

function remembered(): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function workerName(): string | undefined {
  const { name } = globalThis as { name?: string };
  return name;
}

/** pt and pt-PT are served by pt-BR. */
function sameLanguage(tag: string | undefined): (language: string) => boolean {
  const first = (text: string) => text.split('-')[0].toLowerCase();
  return (language) => tag !== undefined && first(language) === first(tag);
}
