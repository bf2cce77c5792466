/** Drawings that wait, in the order in which they were first asked for. */
const waiting = new Set<() => void>();
const whenDrawn: (() => void)[] = [];

/**
 * Draws in one of the next frames, one drawing per frame over the whole page: several at once would keep it from answering.
 * @param draw asked for again while it waits, it is drawn once
 */
export function drawInFrame(draw: () => void): void {
  if (waiting.size === 0) requestAnimationFrame(drawNext);
  waiting.add(draw);
}

/** Resolves when no drawing waits. */
export async function framesDrawn(): Promise<void> {
  if (waiting.size > 0) await new Promise<void>((resolve) => whenDrawn.push(resolve));
}

function drawNext(): void {
  const [draw] = waiting;
  if (draw === undefined) return;
  waiting.delete(draw);
  // Asked for before drawing, so that one failure does not hold up the rest.
  if (waiting.size > 0) requestAnimationFrame(drawNext);
  try {
    draw();
  } finally {
    if (waiting.size === 0) for (const resolve of whenDrawn.splice(0)) resolve();
  }
}
