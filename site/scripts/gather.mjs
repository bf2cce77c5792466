// Brings the pages together in one folder: the site's own, and the repository's documents with their links turned to the site.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { root } from '../../scripts/workspace.mjs';

export const repository = 'https://github.com/throughtime/throughtime';

/**
 * @param {string} folder  where the pages go
 * @param {string} own  the folder of the site's own pages
 * @param {Readonly<Record<string, string>>} documents  by page
 * @returns {void}
 */
export function gather(folder, own, documents) {
  cpSync(own, folder, { recursive: true });
  const pageOf = new Map(Object.entries(documents).map(([page, document]) => [document, page]));
  for (const [page, document] of Object.entries(documents)) {
    const target = join(folder, page);
    mkdirSync(dirname(target), { recursive: true });
    const text = readFileSync(join(root, document), 'utf8');
    writeFileSync(target, withFrontmatter(document, turned(text, page, document, pageOf, folder)));
  }
}

/** Says where a page comes from, so that "Edit this page" leads there. @param {string} document @param {string} text */
function withFrontmatter(document, text) {
  return `---\nsource: ${document}\n---\n\n${text}`;
}

/**
 * A document's text with its relative links as the page needs them: to the page that a document became, to a picture, which is copied
 * beside the page, or to the repository.
 * @param {string} text
 * @param {string} page
 * @param {string} document
 * @param {ReadonlyMap<string, string>} pageOf
 * @param {string} folder
 */
function turned(text, page, document, pageOf, folder) {
  return outsideFences(text, (prose) =>
    prose.replace(linkOrCode, (whole, mark, label, link) => {
      if (whole === '<') return '&lt;';
      if (link === undefined)
        return whole.includes('{{') ? `<code v-pre>${whole.slice(1, -1)}</code>` : whole;
      if (/^[a-z]+:|^#/.test(link)) return whole;
      const [path, anchor] = link.split('#');
      const named = posix.normalize(posix.join(posix.dirname(document), path)).replace(/\/$/, '');
      const place = join(root, named);
      if (!existsSync(place)) throw new Error(`${document}: '${link}' leads nowhere`);
      if (mark === '!') {
        const beside = join(folder, dirname(page), path);
        mkdirSync(dirname(beside), { recursive: true });
        copyFileSync(place, beside);
        return `![${label}](./${path})`;
      }
      const isFolder = statSync(place).isDirectory();
      const there = pageOf.get(isFolder ? `${named}/README.md` : named);
      const hash = anchor === undefined ? '' : `#${anchor}`;
      if (there) return `[${label}](${relativeLink(page, there)}${hash})`;
      return `[${label}](${repository}/${isFolder ? 'tree' : 'blob'}/main/${named}${hash})`;
    }),
  );
}

/** A link or a picture, whose label may hold code; code by itself, which is no link; a bracket that opens no tag of HTML. */
const linkOrCode =
  /(!?)\[((?:`[^`\n]+`|[^\]`])*)\]\(([^)\s]+)\)|`[^`\n]+`|(?<!\w)<(?=[A-Za-z][\w-]*>)(?!(?:a|b|br|code|details|img|kbd|p|sub|summary|sup)>)/g;

/** @param {string} from @param {string} to */
function relativeLink(from, to) {
  const link = relative(dirname(from), to).replaceAll('\\', '/');
  return link.startsWith('.') ? link : `./${link}`;
}

/**
 * Changes a document's prose, and leaves its blocks of code as they are.
 * @param {string} text
 * @param {(prose: string) => string} change
 */
function outsideFences(text, change) {
  return text
    .split(/(^```[\s\S]*?^```$)/gm)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join('');
}
