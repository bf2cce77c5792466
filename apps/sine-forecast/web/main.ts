import { element, keepOffline, offerLanguages, showTexts } from '@throughtime/web-page';
import { ForecastPage } from './forecast-page.js';
import { applyLink, share } from './share.js';
import { tellStory } from './story.js';
import { language, texts } from './texts/chosen.js';

document.documentElement.lang = language;
showTexts(document, texts.markup, undefined);
offerLanguages(element('language', HTMLSelectElement), language);
// On a phone the results would be two screens down.
if (matchMedia('(max-width: 48rem)').matches) element('more-settings', HTMLDetailsElement).open = false;

const page = new ForecastPage();
const state = element('share-state', HTMLParagraphElement);
const follow = (how: 'start' | 'follow') => {
  const linked = applyLink(page.form);
  state.textContent = linked.problem ?? '';
  page[how](linked);
};
follow('start');
addEventListener('hashchange', () => follow('follow'));

element('share-link', HTMLButtonElement).addEventListener('click', async () => {
  const done = await share(page.settings, page.result);
  page.say(done);
  state.textContent = done;
});
tellStory((settings) => page.play(settings));

void keepOffline();
