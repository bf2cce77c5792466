// The model of the start page: that of the text generator's page, and the packages that the site serves.

/** Stands for an empty text, and for one of characters that the model has never seen. */
const unknownText = 'The whale ';

/**
 * @param {URL} site  the site's root
 * @returns {Promise<{ continue(text: string, length: number): { characters: string, next: { character: string, probability: number }[], perSecond: number } }>}
 */
export async function openLiveModel(site) {
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
    continue(text, length) {
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
      return { characters: vocabulary.decode(written).join(''), next, perSecond };
    },
  };
}

/** @param {string} character */
function shown(character) {
  return { ' ': 'space', '\n': 'line end' }[character] ?? character;
}
