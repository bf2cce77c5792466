/** Fewer letters than these begin too many names. */
const shortestUnfinished = 3;

/**
 * The known name that a typing error most likely meant, or undefined where none is near. Upper and lower case do not
 * count. An inserted, a missing, a wrong and two swapped letters count one each (optimal string alignment). At most a third
 * of the name may differ. A name that was left unfinished, 'hidden' for 'hiddenSize', is near however much is missing.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // No option is this long, and the distance takes time in proportion to the length.
  if (name.length > 100) return undefined;
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  if (nearest !== undefined && least <= Math.max(1, Math.floor(nearest.length / 3))) return nearest;
  if (name.length < shortestUnfinished) return undefined;
  return known.find((candidate) => candidate.toLowerCase().startsWith(name.toLowerCase()));
}

function editDistance(a: string, b: string): number {
  let twoBack: number[] = [];
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      row[j] = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], twoBack[j - 2] + 1);
      }
    }
    [twoBack, before] = [before, row];
  }
  return before[b.length];
}
