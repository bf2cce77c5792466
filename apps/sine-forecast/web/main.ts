import { element, keepOffline, offerLanguages, showFooter, showTexts } from '@throughtime/web-page';
import { applyLink, saveShared, share } from './share.js';
import { tellStory } from './story.js';
import { language, texts } from './texts/chosen.js';

document.documentElement.lang = language;
showTexts(document, texts.markup, undefined);
// On a phone the results would be two screens down.
if (matchMedia('(max-width: 48rem)').matches) element('more-settings', HTMLDetailsElement).open = false;

// What draws is large: to evaluate it is a task of its own.
const { ForecastPage } = await import('./forecast-page.js');
const page = new ForecastPage();
offerLanguages(element('language', HTMLSelectElement), language);
const state = element('share-state', HTMLParagraphElement);
const follow = (how: 'start' | 'follow') => {
  const linked = applyLink(page.form);
  state.textContent = linked.problem ?? '';
  page[how](linked);
};
follow('start');
addEventListener('hashchange', () => follow('follow'));

const shareFile = element('share-file', HTMLButtonElement);
const say = (done: string) => {
  page.say(done);
  state.textContent = done;
};
element('share-link', HTMLButtonElement).addEventListener('click', async () => {
  try {
    const { said, isTooLarge } = await share(await page.shared());
    shareFile.hidden = !isTooLarge;
    say(said);
  } catch (error) {
    page.problem(error);
  }
});
shareFile.addEventListener('click', async () => {
  try {
    const file = await page.sharedFile();
    if (file !== undefined) say(saveShared(file));
  } catch (error) {
    page.problem(error);
  }
});
tellStory((settings) => page.play(settings));
showFooter(element('footer', HTMLElement), texts.otherPage);

void keepOffline();
