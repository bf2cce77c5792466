import type { Settings } from '@throughtime/web-page';
import { element } from '@throughtime/web-page';
import { texts } from './texts/chosen.js';

/** A step of the story: what it sets, what to look at, and what to see there. */
interface Step {
  readonly settings: Settings;
  readonly look: string;
}

const sine = {
  source: 'sine',
  amplitude1: '1',
  period1: '628.32',
  amplitude2: '0',
  amplitude3: '0',
  noise: '0.2',
};

export const storySteps: Readonly<Record<keyof typeof texts.story, Step>> = {
  lags: { settings: { ...sine, model: 'linear', lags: '2' }, look: 'verdict-title' },
  many: { settings: { ...sine, model: 'linear', lags: '32', k: '16' }, look: 'figures-title' },
  intervals: { settings: { source: 'air-passengers', model: 'linear' }, look: 'forecast-title' },
  baselines: { settings: { source: 'us-births', model: 'linear' }, look: 'comparison-title' },
  recurrent: { settings: { ...sine, model: 'gru' }, look: 'comparison-title' },
};

/**
 * Five things to see, each one click.
 * @param play applies the settings and trains; resolves when there is something to look at
 */
export function tellStory(play: (settings: Settings) => Promise<boolean>): void {
  const told = element('story-text', HTMLParagraphElement);
  for (const [name, { settings, look }] of Object.entries(storySteps) as [keyof typeof storySteps, Step][]) {
    const button = element(`story-${name}`, HTMLButtonElement);
    button.addEventListener('click', async () => {
      for (const other of document.querySelectorAll('.story button')) other.removeAttribute('aria-pressed');
      button.setAttribute('aria-pressed', 'true');
      told.textContent = texts.story[name];
      if (await play(settings))
        element(look, HTMLElement).scrollIntoView({ block: 'start', behavior: 'smooth' });
    });
  }
}
