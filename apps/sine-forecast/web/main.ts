import { keepOffline } from '@throughtime/web-page';
import { element } from './elements.js';
import { ForecastPage } from './forecast-page.js';
import { applyLink, share } from './share.js';

const page = new ForecastPage();
const refused = applyLink(page.form);
page.start();
if (refused !== undefined) page.problem(refused);

const button = element('share-link', HTMLButtonElement);
button.addEventListener('click', async () => {
  const done = await share(page.settings);
  page.say(done);
  element('share-state', HTMLParagraphElement).textContent = done;
});

void keepOffline();
