import theme from 'vitepress/theme-without-fonts';
import RunnableCode from './RunnableCode.vue';
import SiteLayout from './SiteLayout.vue';
import StartPage from './StartPage.vue';
import './style.css';

export default {
  extends: theme,
  Layout: SiteLayout,
  async enhanceApp({ app }) {
    app.component('RunnableCode', RunnableCode);
    app.component('StartPage', StartPage);
    // A slow phone answers between what the scripts set up and what they do to the page.
    if (!import.meta.env.SSR) await new Promise((resolve) => setTimeout(resolve));
  },
};
