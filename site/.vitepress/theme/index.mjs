import theme from 'vitepress/theme-without-fonts';
import RunnableCode from './RunnableCode.vue';
import StartPage from './StartPage.vue';
import './style.css';

export default {
  extends: theme,
  enhanceApp({ app }) {
    app.component('RunnableCode', RunnableCode);
    app.component('StartPage', StartPage);
  },
};
