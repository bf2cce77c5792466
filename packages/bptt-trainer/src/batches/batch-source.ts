import type { BatchCursor, BatchIterator, BatchSource } from '@throughtime/contract';

/** A source, or a list of batches that do not continue one another, taken in order every epoch. */
export type Batches<B> = BatchSource<B> | readonly B[];

export function asSource<B>(batches: Batches<B>): BatchSource<B> {
  return 'from' in batches ? batches : listSource(batches);
}

function listSource<B>(batches: readonly B[]): BatchSource<B> {
  const from = ({ index }: BatchCursor): BatchIterator<B> => {
    let at = index;
    return {
      next: () =>
        at < batches.length ? { done: false, value: batches[at++] } : { done: true, value: undefined },
      cursor: () => ({ random: [], index: at }),
      [Symbol.iterator]() {
        return this;
      },
    };
  };
  return {
    length: batches.length,
    continues: false,
    from,
    [Symbol.iterator]: () => from({ random: [], index: 0 }),
  };
}
