/** Numbers as the readers of a language write them. */
export class NumberTexts {
  readonly #language: string;
  readonly #formats = new Map<string, Intl.NumberFormat>();

  /** @param language BCP 47 tag */
  constructor(language: string) {
    this.#language = language;
  }

  /** 12,345 */
  count(value: number): string {
    return this.#format({ maximumFractionDigits: 0 }).format(value);
  }

  /** With this many digits behind the point. */
  fixed(value: number, digits: number): string {
    return this.#format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  }

  /** With this many digits that mean something. */
  precise(value: number, digits: number): string {
    return this.#format({ maximumSignificantDigits: digits }).format(value);
  }

  /** 1.2×10⁵, with this many digits behind the point. Default 1. */
  scientific(value: number, digits = 1): string {
    const [mantissa, exponent] = value.toExponential(digits).split('e');
    const raised = [...String(Number(exponent))].map((digit) => superscripts[digit]).join('');
    return `${this.fixed(Number(mantissa), digits)}×10${raised}`;
  }

  /** Of a share in [0, 1]. */
  percent(share: number, digits = 0): string {
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return this.#format({ style: 'percent', ...fraction }).format(share);
  }

  #format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = JSON.stringify(options);
    const format = this.#formats.get(key) ?? new Intl.NumberFormat(this.#language, options);
    this.#formats.set(key, format);
    return format;
  }
}

const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [...'0123456789-'].map((digit, i) => [digit, '⁰¹²³⁴⁵⁶⁷⁸⁹⁻'[i]]),
);
