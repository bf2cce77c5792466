import theme from 'vitepress/theme-without-fonts';
import RunnableCode from './RunnableCode.vue';
import SiteLayout from './SiteLayout.vue';
import StartPage from './StartPage.vue';
import './style.css';

export default {
  extends: theme,
  Layout: SiteLayout,
  enhanceApp({ app }) {
    app.component('RunnableCode', RunnableCode);
    app.component('StartPage', StartPage);
  },
};
