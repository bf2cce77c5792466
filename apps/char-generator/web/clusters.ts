/**
 * Which pieces of a text begin what a reader takes for one character. The others join the piece before them: accents, the parts of a
 * joined emoji, a line feed after a return.
 */
export function clusterStarts(pieces: readonly string[]): boolean[] {
  const borders = new Set<number>();
  for (const { index } of new Intl.Segmenter().segment(pieces.join(''))) borders.add(index);
  let at = 0;
  return pieces.map((piece) => {
    const starts = borders.has(at) || piece === '';
    at += piece.length;
    return starts;
  });
}
