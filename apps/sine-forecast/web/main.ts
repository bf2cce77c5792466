import { element, keepOffline } from '@throughtime/web-page';
import { ForecastPage } from './forecast-page.js';
import { applyLink, share } from './share.js';

const page = new ForecastPage();
const { column, problem } = applyLink(page.form);
page.start(column);
const state = element('share-state', HTMLParagraphElement);
if (problem !== undefined) state.textContent = problem;

const button = element('share-link', HTMLButtonElement);
button.addEventListener('click', async () => {
  const done = await share(page.settings);
  page.say(done);
  state.textContent = done;
});

void keepOffline();
