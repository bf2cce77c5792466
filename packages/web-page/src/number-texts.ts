import { type FormatLocaleObject, formatLocale } from 'd3-format';
import type { Language } from './language.js';

/** How readers of each language write numbers. Not by Intl: the first number that it writes keeps a page from answering for 65 ms. */
const locales: Readonly<Record<Language, FormatLocaleObject>> = {
  en: localeOf('.', ','),
  'pt-BR': localeOf(',', '.'),
};

function localeOf(decimal: string, thousands: string): FormatLocaleObject {
  return formatLocale({ decimal, thousands, grouping: [3], currency: ['', ''], minus: '-' });
}

/** Numbers as the readers of a language write them. */
export class NumberTexts {
  readonly #locale: FormatLocaleObject;

  constructor(language: Language) {
    this.#locale = locales[language];
  }

  /** 12,345 */
  count(value: number): string {
    return this.fixed(value, 0);
  }

  /** With this many digits behind the point. */
  fixed(value: number, digits: number): string {
    return this.#write(`,.${digits}f`, value);
  }

  /** With this many digits that mean something. */
  precise(value: number, digits: number): string {
    return this.#write(`,.${digits}~r`, value);
  }

  /** 1.2×10⁵, with this many digits behind the point. Default 1. */
  scientific(value: number, digits = 1): string {
    const [mantissa, exponent] = value.toExponential(digits).split('e');
    const raised = [...String(Number(exponent))].map((digit) => superscripts[digit]).join('');
    return `${this.fixed(Number(mantissa), digits)}×10${raised}`;
  }

  /** Of a share in [0, 1]. */
  percent(share: number, digits = 0): string {
    return this.#write(`,.${digits}%`, share);
  }

  #write(format: string, value: number): string {
    return this.#locale.format(format)(value).replace('Infinity', '∞');
  }
}

const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [...'0123456789-'].map((digit, i) => [digit, '⁰¹²³⁴⁵⁶⁷⁸⁹⁻'[i]]),
);
