import type { LegendEntry } from './figure.js';
import { textWidth } from './text-width.js';

/** Narrower figures have no room beside the lines. */
const narrowest = 480;
/** Lines of text need so much from one to the next. */
const lineHeight = 14;
/** Room between the plot and a label. */
export const labelGap = 8;

/** An entry whose label stands at the end of its line. */
export type EndLabel = LegendEntry & { readonly end: NonNullable<LegendEntry['end']> };

/** The entries whose labels have room at the right of a figure of that width; the others stay above it. */
export function endLabels(legend: readonly LegendEntry[], width: number, height: number): EndLabel[] {
  if (width < narrowest) return [];
  const ending = legend.filter((entry): entry is EndLabel => entry.end !== undefined);
  const fits =
    ending.length * lineHeight <= height / 2 && ending.every(({ label }) => textWidth(label) <= width * 0.28);
  return fits ? ending : [];
}

/** The margin that such labels need. */
export function endLabelMargin(entries: readonly EndLabel[]): number {
  return Math.ceil(Math.max(0, ...entries.map(({ label }) => textWidth(label)))) + labelGap + 4;
}

/**
 * Moves labels apart that would lie on one another, as little as it takes, within the plot.
 * @param wanted where each would stand, in pixels from the top
 * @returns where each stands, in the same order
 */
export function movedApart(
  wanted: readonly number[],
  { top, bottom }: { readonly top: number; readonly bottom: number },
): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  // Groups of labels that touch: each is centered on where its members would stand.
  const groups: { members: number[]; at: number }[] = [];
  const place = (members: readonly number[]) => {
    const span = (members.length - 1) * lineHeight;
    const center = members.reduce((sum, i) => sum + wanted[i], 0) / members.length;
    return Math.max(top, Math.min(bottom - span, center - span / 2));
  };
  for (const i of order) {
    let group = { members: [i], at: place([i]) };
    for (let last = groups.at(-1); last !== undefined; last = groups.at(-1)) {
      if (last.at + last.members.length * lineHeight <= group.at) break;
      groups.pop();
      const members = [...last.members, ...group.members];
      group = { members, at: place(members) };
    }
    groups.push(group);
  }
  const placed = new Array<number>(wanted.length).fill(0);
  for (const { members, at } of groups)
    members.forEach((i, position) => {
      placed[i] = at + position * lineHeight;
    });
  return placed;
}
