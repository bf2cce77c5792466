import { longestMessage, shortened, showValue } from './show-value.js';
import { ThroughtimeError } from './throughtime-error.js';

/** What an {@link ArgumentError} may say beside argument, expectation and value. */
export interface ArgumentErrorOptions extends ErrorOptions {
  /** What may help, without brackets: "did you mean 'between'?" */
  readonly hint?: string;
}

/** An argument or option that cannot be used. The message names it, what was expected and what came. */
export class ArgumentError extends ThroughtimeError {
  override name = 'ArgumentError';
  /** The argument as the caller wrote it: 'hiddenSize', 'dropout.between', 'ids[3]'. Empty: the whole of what was read. */
  readonly argument: string;
  /** What would have been right, as it reads after "expected". */
  readonly expected: string;
  /** What came, as {@link showValue} shows it. */
  readonly got: string;
  readonly hint: string | undefined;
  readonly #problem: string;

  /** @param got the value itself, or {@link inWords} where words say more */
  constructor(
    argument: string,
    expected: string,
    got: unknown,
    { hint, ...options }: ArgumentErrorOptions = {},
  ) {
    const shown = showValue(got);
    const problem = `expected ${expected}, got ${shown}${hint ? ` (${hint})` : ''}`;
    super(about(argument, problem), options);
    this.#problem = problem;
    this.argument = argument;
    this.expected = expected;
    this.got = shown;
    this.hint = hint;
  }

  /** The message under another name: a command names its option, `--hidden`, and not the argument that it became. */
  messageFor(argument: string): string {
    return shortened(about(argument, this.#problem), longestMessage);
  }
}

function about(argument: string, problem: string): string {
  return argument === '' ? problem : `${argument}: ${problem}`;
}

/** An option that the call does not know, most often a typing error: without this class it would change nothing, in silence. */
export class UnknownOptionError extends ArgumentError {
  override name = 'UnknownOptionError';
}
