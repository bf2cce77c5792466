// The model of the start page, in a worker, so that the page answers whoever types while it computes. It is that of the text generator's
// page, run by the packages that the site serves. Messages: { site } first, then { text, length } one after another.

/** Stands for an empty text, and for one of characters that the model has never seen. */
const unknownText = 'The whale ';

/** @type {Awaited<ReturnType<typeof openModel>> | undefined} */
let model;
self.onmessage = async ({ data }) => {
  try {
    if (data.site !== undefined) {
      model = await openModel(data.site);
      self.postMessage({ kind: 'ready' });
    } else
      self.postMessage({ kind: 'continued', text: data.text, ...model.continued(data.text, data.length) });
  } catch (error) {
    self.postMessage({ kind: 'failed', message: String(error) });
  }
};

/** @param {string} site  the site's root */
async function openModel(site) {
  const runtime = (name) => import(/* @vite-ignore */ new URL(`runtime/${name}.js`, site).href);
  const file = async (name) => {
    const response = await fetch(new URL(`model/${name}`, site));
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const [{ createSampler, decodeModel, loadEngine, topTokens }, { Random }, config, vocabularyFile, weights] =
    await Promise.all([
      runtime('lang-model'),
      runtime('random'),
      file('config.json'),
      file('vocabulary.json'),
      file('model.safetensors'),
    ]);
  await loadEngine();
  const { model, tokenizer } = decodeModel({
    'config.json': config,
    'vocabulary.json': vocabularyFile,
    'model.safetensors': weights,
  });
  const { vocabulary } = model;
  const random = Random.seeded(1);
  const sampler = createSampler({ temperature: 0.5, random }, vocabulary.size);

  return {
    continued(text, length) {
      const known = tokenizer.tokenize(text).filter((token) => vocabulary.has(token));
      const ids = vocabulary.encode(known.length > 0 ? known.slice(-300) : tokenizer.tokenize(unknownText));
      const began = performance.now();
      let state = model.initialState();
      for (const id of ids) state = model.advance(state, id);
      const next = topTokens(model, state, 4).map(({ id, probability }) => ({
        character: shown(vocabulary.tokenOf(id)),
        probability,
      }));
      const written = [];
      for (let i = 0; i < length; i++) {
        const id = sampler.choose(model.logProbabilities(state));
        written.push(id);
        state = model.advance(state, id);
      }
      const perSecond = ((ids.length + length) / (performance.now() - began)) * 1000;
      // In words here: a page's first number in words takes a phone a fifth of a second.
      const speed = (Math.round(perSecond / 100) * 100).toLocaleString('en');
      return { characters: vocabulary.decode(written).join(''), next, speed };
    },
  };
}

/** @param {string} character */
function shown(character) {
  return { ' ': 'space', '\n': 'line end' }[character] ?? character;
}
