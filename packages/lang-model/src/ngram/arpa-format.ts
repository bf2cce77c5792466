import { ArgumentError, inWords, showValue, ThroughtimeError } from '@throughtime/errors';

/** The names that ARPA files have for the marks around sentences and for tokens outside the vocabulary. */
export const arpaNames = { begin: '<s>', end: '</s>', unknown: '<unk>' } as const;

/** What stands for the logarithm of 0 in ARPA files, by SRILM's custom. Less is a small probability: KenLM writes -100. */
export const LOG_ZERO = -99;

/** What KenLM gives each unknown word where a file has no `<unk>`: its `unknown_missing_logprob`. */
export const KENLM_MISSING_UNKNOWN = -100;

/** A file that is not a back-off model in the ARPA format. The message names the line where there is one. */
export class ArpaFormatError extends ThroughtimeError {
  override name = 'ArpaFormatError';
  /** The line that is wrong, counted from 1. */
  readonly line: number | undefined;

  constructor(line: number | undefined, problem: string) {
    super(`ARPA file${line === undefined ? '' : `, line ${line}`}: ${problem}`);
    this.line = line;
  }
}

/** A token that an ARPA file cannot hold: n-grams are separated by white space there. */
export class ArpaTokenError extends ArgumentError {
  override name = 'ArpaTokenError';

  constructor(id: number, token: string, problem: string) {
    const got = inWords(`${showValue(token)}: ${problem}`);
    super(`tokens[${id}]`, 'a name that an ARPA file can hold', got);
  }
}
