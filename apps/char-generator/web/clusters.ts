/**
 * Which pieces of a text begin what a reader takes for one character. The others join the piece before them: accents, the parts of a
 * joined emoji, a line feed after a return.
 */
export function clusterStarts(pieces: readonly string[]): boolean[] {
  const text = pieces.join('');
  // A browser's first segmenter keeps the page from answering for 50 ms, and most texts need none.
  if (plain.test(text)) return pieces.map(() => true);
  const borders = new Set<number>();
  for (const { index } of new Intl.Segmenter().segment(text)) borders.add(index);
  let at = 0;
  return pieces.map((piece) => {
    const starts = borders.has(at) || piece === '';
    at += piece.length;
    return starts;
  });
}

/** Text whose code units are all characters of their own: below the first combining mark, and dashes and quotation marks. */
const plain = /^[\n -\u02ff\u2010-\u2027]*$/;
