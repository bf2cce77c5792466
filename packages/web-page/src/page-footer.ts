import { created } from './elements.js';
import { chosenLanguage } from './language.js';

const repository = 'https://github.com/throughtime/throughtime';

interface FooterTexts {
  /** What stands before the link to the other page. */
  readonly other: string;
  readonly source: string;
  readonly documentation: string;
  readonly licence: string;
  readonly local: string;
}

const texts: Readonly<Record<'en' | 'pt-BR', FooterTexts>> = {
  en: {
    other: 'The other page:',
    source: 'Source code',
    documentation: 'Documentation',
    licence: 'MIT license',
    local: 'No cookies, no tracking: everything runs in this browser.',
  },
  'pt-BR': {
    other: 'A outra página:',
    source: 'Código-fonte',
    documentation: 'Documentação',
    licence: 'Licença MIT',
    local: 'Sem cookies, sem rastreamento: tudo roda neste navegador.',
  },
};

/** The page that a footer leads to. */
export interface OtherPage {
  readonly name: string;
  /** Relative: pages stand beside one another on any server. */
  readonly address: string;
}

/** Ends a page with the way to the other one, to the source, the documentation and the license. */
export function showFooter(footer: HTMLElement, { name, address }: OtherPage): void {
  const words = texts[chosenLanguage()];
  const links = created('p', { className: 'links' });
  links.append(
    ...[
      { before: `${words.other} `, text: name, to: address },
      { text: words.source, to: repository },
      { text: words.documentation, to: `${repository}/tree/main/docs` },
      { text: words.licence, to: `${repository}/blob/main/LICENSE` },
    ].map(({ before = '', text, to }) => {
      const part = created('span', { text: before });
      const link = created('a', { text });
      link.href = to;
      part.append(link);
      return part;
    }),
  );
  footer.replaceChildren(links, created('p', { text: words.local }));
}
