import { InvalidArgumentError } from '../errors.js';

/** @throws InvalidArgumentError when `locale` is no language tag */
export function segmenterOf(locale: string, granularity: 'word' | 'sentence'): Intl.Segmenter {
  try {
    return new Intl.Segmenter(locale, { granularity });
  } catch {
    throw new InvalidArgumentError('locale', "a language tag such as 'en' or 'pt-BR'", locale);
  }
}
