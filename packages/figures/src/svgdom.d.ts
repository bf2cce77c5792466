declare module 'svgdom' {
  /** A window with a document that holds SVG, and nothing of HTML. */
  export function createSVGWindow(): { readonly document: Document };
}
