import { boolean, checkOptions, type OptionChecks, text, whole } from '@throughtime/errors';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumFlags, chromiumPath } from '../chromium.js';
import { type FolderServer, serveFolders } from '../serve-folders.js';

/** Patience with a busy machine, in milliseconds: nothing is known to be wrong before it is over. */
export const patience = 90_000;

export interface VisitOptions {
  /** Of the address, with its `#`. */
  readonly hash?: string;
  /** Of the window, in pixels. Default 1280. */
  readonly width?: number;
  /** Default 900. */
  readonly height?: number;
  readonly dark?: boolean;
  /** The browser's language, a BCP 47 tag. Default 'en-US'. */
  readonly locale?: string;
}

const visitChecks: OptionChecks<VisitOptions> = {
  hash: text,
  width: whole({ from: 1 }),
  height: whole({ from: 1 }),
  dark: boolean,
  locale: text,
};

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained of: errors in the console and errors that nobody caught. */
  readonly errors: readonly string[];
}

/** A built page on a server of its own, in Chromium. */
export class PageBrowser {
  readonly browser: Browser;
  /** Where the page is. */
  readonly address: string;
  readonly #server: FolderServer;

  private constructor(browser: Browser, server: FolderServer) {
    this.browser = browser;
    this.#server = server;
    this.address = `${server.url}/page/`;
  }

  /**
   * @param folder the built page
   * @param headers of the server; those of the project by default
   * @param flags of Chromium, beside those of every test
   * @throws Error when there is no Chromium on this machine, or no page in the folder
   */
  static async start(
    folder: string,
    headers?: Readonly<Record<string, string>>,
    flags: readonly string[] = [],
  ): Promise<PageBrowser> {
    const executablePath = chromiumPath();
    if (!executablePath) throw new Error('there is no Chromium; install one, or name it in CHROMIUM');
    const server = await serveFolders({ '/page/': folder }, headers && { headers });
    const args = [...chromiumFlags, ...flags];
    return new PageBrowser(await chromium.launch({ executablePath, args }), server);
  }

  /** A visitor of its own, with nothing saved. */
  async open(options: VisitOptions = {}): Promise<OpenPage> {
    checkOptions<VisitOptions>(options, visitChecks);
    const { hash = '', width = 1280, height = 900, dark = false, locale = 'en-US' } = options;
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      locale,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`${this.address}${hash}`);
    return { page, context, errors };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.#server.close();
  }
}
