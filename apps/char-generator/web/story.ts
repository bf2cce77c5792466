import { element, type Settings } from '@throughtime/web-page';
import { texts } from './texts/chosen.js';

export interface StoryParts {
  /** Fills in settings; the others stay. */
  readonly fill: (settings: Settings) => void;
  /** Fills in how a text is written. */
  readonly write: (settings: Settings) => void;
  /** Colors the text by surprise. */
  readonly showSurprise: () => void;
}

/** What the steps train with. The optimizer comes first: rates and schedules follow it. */
const trainings: Readonly<Record<string, readonly Settings[]>> = {
  short: memoryOf(4),
  long: memoryOf(64),
  unclipped: plainDescent(0),
  clipped: plainDescent(1),
};

function memoryOf(steps: number): Settings[] {
  return [
    { cell: 'gru', hidden: '128', layers: '1', optimizer: 'adam', steps: String(steps), epochs: '2' },
    { schedule: 'constant', lr: '0.004', clip: '1' },
  ];
}

/** The chapter's optimizer and rate, with and without its limit. */
function plainDescent(clip: number): Settings[] {
  return [
    { cell: 'rnn', hidden: '128', layers: '1', optimizer: 'sgd', steps: '35', epochs: '2' },
    { schedule: 'constant', lr: '1', clip: String(clip) },
  ];
}

const temperatures: Readonly<Record<string, string>> = { careful: '0.2', wild: '1.4' };

/** What the steps of the story do: each is one click, on the very buttons that a person would press. */
export function showStep(action: string, { fill, write, showSurprise }: StoryParts): void {
  const note = element('story-note', HTMLElement);
  note.textContent = '';
  const training = trainings[action];
  const temperature = temperatures[action];
  const press = (id: string, advice: string): void => {
    const button = element(id, HTMLButtonElement);
    if (button.disabled) note.textContent = advice;
    else button.click();
  };
  if (training) {
    if (element('start', HTMLButtonElement).disabled) {
      note.textContent = texts.story.busy;
      return;
    }
    for (const settings of training) fill(settings);
    press('start', texts.story.busy);
    element('perplexity-curve', HTMLElement).scrollIntoView({ block: 'nearest' });
    return;
  }
  if (temperature !== undefined) {
    write({ temperature });
    press('write', texts.story.noModel);
    element('written', HTMLElement).scrollIntoView({ block: 'nearest' });
    return;
  }
  if (action === 'units') {
    press('find-units', texts.story.noModel);
    element('units', HTMLElement).scrollIntoView({ block: 'nearest' });
    return;
  }
  if (element('inspection', HTMLElement).hidden) note.textContent = texts.story.noText;
  showSurprise();
  element('written', HTMLElement).scrollIntoView({ block: 'nearest' });
}
