// What installing and bundling may cost: the consumer's check holds it, and the site shows it.

/** Bytes: of node_modules, and of minified bundles compressed, in one file, and what a browser loads at once of one in parts. */
export const budgets = {
  install: { '@throughtime/lang-model': 12e6 },
  loaded: { generate: 80e3, forecast: 92e3 },
  bundle: { generate: 80e3, forecast: 92e3 },
};
