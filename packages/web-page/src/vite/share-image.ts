import type { Plugin } from 'vite';

/**
 * Makes the address of the page's image for links absolute, as sites that show it want it, where the build is told what site it is
 * for. Without, it is relative to the page, which some sites understand.
 * @param address of the page, with a slash at its end; undefined: it is not known
 */
export function shareImage(address: string | undefined): Plugin {
  return {
    name: 'throughtime:share-image',
    transformIndexHtml: {
      order: 'post',
      handler: (html) =>
        address === undefined
          ? html
          : html.replace(
              /(<meta property="og:image" content=")([^"]+)/,
              (_, tag: string, image: string) => `${tag}${new URL(image, address).href}`,
            ),
    },
  };
}
