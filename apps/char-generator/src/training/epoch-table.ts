import type { EpochEvent } from '@throughtime/bptt-trainer';

const header = ['epoch', 'training', 'validation', 'tokens/s', 'seconds', 'sample'];

/** The table that people watch, a line an epoch: perplexities, pace, and what the model says. */
export class EpochTable {
  readonly #epochs: number;

  constructor(epochs: number) {
    this.#epochs = epochs;
  }

  header(): string {
    return line(header);
  }

  row({ epoch, perplexity, validation, tokensPerSecond, seconds }: EpochEvent, sample: string): string {
    return line([
      `${epoch}/${this.#epochs}`,
      perplexity.toFixed(2),
      validation ? validation.perplexity.toFixed(2) : '-',
      Math.round(tokensPerSecond).toLocaleString('en'),
      seconds.toFixed(1),
      sample.replace(/\s+/g, ' ').trim(),
    ]);
  }
}

const widths = [7, 10, 10, 9, 8];

function line(cells: readonly string[]): string {
  const columns = widths.map((width, i) => cells[i].padStart(width));
  return `${columns.join('  ')}  ${cells[widths.length]}`.trimEnd();
}
