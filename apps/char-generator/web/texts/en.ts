// All that the page says, in English. `pt.ts` has the same texts: a missing one is a type error.
import { type TokenNouns, type TokenWords, tokenWords } from './token-words.js';

const tokens: TokenNouns = {
  char: ['character', 'characters'],
  grapheme: ['character', 'characters'],
  word: ['word', 'words'],
  whitespace: ['word', 'words'],
  byte: ['byte', 'bytes'],
  bpe: ['piece', 'pieces'],
  wordpiece: ['piece', 'pieces'],
  unigram: ['piece', 'pieces'],
};

/** What stands in index.html, by the keys that it names; see `MarkupTexts` of web-page. */
const markup = {
  page: {
    title: 'Character generator - throughtime',
    heading: 'Character generator',
    description: 'Train a recurrent network on a text, in your browser, and let it write.',
    introduction:
      'A recurrent network reads a text character by character, or word by word, and learns to guess the next one. Train it here, in your browser, watch it get better, and let it write. Your text never leaves this page.',
    language: 'Language',
  },
  text: {
    settings: 'Settings',
    title: 'Text',
    corpus: 'Learn from',
    mobyDick: 'Moby-Dick, chapters 1 to 17',
    alice: 'Alice in Wonderland',
    own: 'my own text',
    pasted: 'Paste a text',
    file: 'or drop a text file here, or choose one',
    clean: 'Clean it',
    cleanNone: 'not at all',
    cleanLetters: 'letters and blanks only',
    clean07: 'as D2L 0.7 does',
    clean017: 'as D2L 0.17 does',
    clean10: 'as D2L 1.0 does',
    tokens: 'Read it in',
    tokensChar: 'characters',
    tokensGrapheme: 'characters, accents and emoji whole',
    tokensWord: 'words, punctuation apart',
    tokensWhitespace: 'words between blanks',
    tokensBpe: 'parts of words (BPE)',
    tokensWordPiece: 'parts of words (WordPiece)',
    tokensUnigram: 'parts of words (Unigram)',
  },
  network: {
    title: 'Network',
    cell: 'Cell',
    hidden: 'Hidden units',
    layers: 'Layers',
  },
  settings: {
    title: 'Training',
    epochs: 'Passes over the text',
    optimizer: 'Optimizer',
    momentum: 'SGD, momentum',
    lr: 'Learning rate',
    steps: 'Sequence length',
    batch: 'Batch size',
    more: 'More',
    schedule: 'Rate over the run',
    oneCycle: 'up, then down',
    cosine: 'down',
    constant: 'constant',
    cyclical: 'up and down, four times',
    onPlateau: 'halved when stuck',
    clip: 'Clip gradients at norm',
    dropout: 'Dropout',
    seed: 'Seed',
    suggest: 'Use the settings that suit the text',
    share: 'Copy a link to these settings',
  },
  training: {
    title: 'Training',
    start: 'Start',
    pause: 'Pause',
    stop: 'Stop',
    further: 'Continue training',
    gettingReady: 'Getting ready ...',
    progress: 'Training',
    perplexity: 'Perplexity, this pass',
    gradientNorm: 'Gradient norm',
    pace: ({ Many }: TokenWords) => `${Many} per second`,
    timeLeft: 'Time left',
    pass: 'Pass',
    sample: 'What it writes now',
    noSample: 'Nothing yet: press Start.',
  },
  comparison: {
    title: 'Is it any good?',
    what: ({ many }: TokenWords) =>
      `Perplexity on the last tenth of the text, which no model saw: how many equally likely ${many} it is choosing between; lower is better.`,
    model: 'Model',
    perplexity: 'Perplexity',
    unigram: ({ One }: TokenWords) => `${One} frequencies alone`,
    ngram: ({ many }: TokenWords) => `Counts of five ${many} (Kneser-Ney)`,
    network: 'This network',
  },
  writing: {
    title: 'Generate a text',
    prompt: 'Begin with',
    length: ({ Many }: TokenWords) => Many,
    temperature: 'Temperature',
    topK: 'Top-k',
    topKEmpty: '(empty: all)',
    topP: 'Top-p',
    seed: 'Seed',
    write: 'Generate',
    stop: 'Stop generating',
  },
  reading: {
    color: 'Color the text by',
    colorNone: 'nothing',
    colorSurprise: 'what was unexpected',
    colorUnit: 'a hidden unit',
    unit: 'Unit',
    place: 'Place in the text',
    placeHow: ({ one }: TokenWords) => `(point at a ${one}, or use the arrow keys here)`,
  },
  models: {
    title: 'Keep the model',
    undo: 'Undo',
    name: 'Name',
    save: 'Save in this browser',
    saved: 'Saved models',
    download: 'Download as .zip',
    int8: '8-bit weights: a quarter of the size, for writing, not for training on',
    upload: 'Open a model: a .zip from here, or the files of a folder that `generate train` wrote',
    unpacked: 'Unpacked, the .zip is a folder for the command line: `generate sample --model FOLDER`.',
  },
  play: {
    rate: 'Learning rate',
    temperature: 'Temperature',
    before: 'Earlier sample',
    after: 'Later sample',
    timeline: 'Samples of all passes',
    presets: 'How long',
    quick: '20 seconds',
    better: '2 minutes',
    own: 'your own',
  },
  learned: {
    title: 'See what it learned',
    what: 'Nobody told the network what a quotation or a word is. Some of its units follow such things all the same.',
    find: 'Find units by what they follow',
    depend: 'What did a prediction depend on?',
    units: 'Units by what they follow',
    own: 'A text of yours, for the network to read',
    read: 'Read it',
    colorDependence: 'what a prediction depends on',
  },
  result: {
    share: 'Copy a link to this text',
    file: 'Download it as a file',
    card: 'Save as an image',
  },
  cells: {
    title: 'RNN, GRU and LSTM side by side',
    what: 'Three networks that differ in their cell alone learn the chosen text with the settings of the form. The model above stays as it is.',
    start: 'Train all three',
    stop: 'Stop',
    progress: 'Training of all three',
    text: 'A text for all three to read (they have not trained on this one)',
    read: 'Read it',
  },
  story: {
    title: 'Five things to see in five minutes',
    perplexity: 'Perplexity',
    perplexityText:
      'The network guesses what comes next. Perplexity says how many equally likely choices it is left with: about 27 if it only knew the alphabet, 5 if it has narrowed them down to five.',
    perplexityShow: 'Color the text by its surprise',
    truncation: 'Sequence length',
    truncationText:
      'While it learns, it looks back over a fixed number of steps. With 4 it learns spelling; with 64 it can also learn what a sentence or a quotation needs.',
    truncationShort: 'Learn with 4 steps',
    truncationLong: 'Learn with 64 steps',
    clipping: 'Clipping',
    clippingText:
      'Sometimes one step of learning would throw the weights far away. Clipping limits the length of that step. Watch the gradient norm: without a limit it may jump, and the perplexity with it.',
    clippingOff: 'Learn without clipping',
    clippingOn: 'Learn with clipping',
    temperature: 'Temperature',
    temperatureText:
      'When it writes, it draws each next character by its probabilities. A low temperature favors the likeliest: correct and dull. A high one gives the others a chance: lively and full of mistakes.',
    temperatureLow: 'Write at 0.2',
    temperatureHigh: 'Write at 1.4',
    units: 'What it noticed by itself',
    unitsText:
      'Nobody labels anything. To guess well, the network keeps track of things: whether a quotation is open, how long the line is, where a word begins. Some of its units can be read.',
    unitsShow: 'Find such units',
  },
} as const satisfies Record<string, Record<string, string | ((words: TokenWords) => string)>>;

export const en = {
  tokens: (kind: keyof TokenNouns): TokenWords => tokenWords(tokens, kind),
  markup: markup as Markup,
  environment: {
    threads: (threads: string) => `Uses ${threads} threads, one for each core.`,
    oneCore: 'Uses one thread: this machine has one core.',
    notIsolated:
      'Uses one thread: the server did not send the headers (COOP and COEP) that more threads need.',
    noSharing: 'Uses one thread: this browser does not share memory between threads.',
  },
  share: {
    copied: 'Link copied. It does not include your own text.',
    inAddressBar: 'The link is in the address bar now.',
    refused: (names: string) =>
      `These values of the link were not possible and stay as they are here: ${names}.`,
  },
  text: {
    advice: 'Paste 2,000 characters or more. The longer the text, the better the network.',
    facts: (tokens: string, many: string, distinct: string) => `${tokens} ${many}, ${distinct} different`,
    factsOf: (name: string, facts: string) => `${name}: ${facts}`,
    longPaste: (millions: string) =>
      `That is ${millions} million characters. Save a text of more than a million as a file and drop it below.`,
    none: 'Paste a text, drop a file, or choose one of the books.',
    tooShort: (batch: string, steps: string, many: string, needed: string, there: string) =>
      `The text is too short: a batch of ${batch} rows of ${steps} ${many} needs ${needed}, the text has ${there}. Use a longer text, a smaller batch or shorter sequences.`,
  },
  training: {
    start: 'Start',
    startOver: 'Start over',
    pause: 'Pause',
    resume: 'Resume',
    started: 'Training has started',
    paused: 'paused',
    resumed: 'Training continues',
    finished: 'Training has finished',
    stopped: 'Training was stopped',
    done: 'done',
    stoppedShort: 'stopped',
    pass: (epoch: string, epochs: string) => `${epoch} of ${epochs}`,
    progress: (epoch: string, perplexity: string) => `Pass ${epoch}, perplexity ${perplexity}`,
    facts: (weights: string, tokens: string, many: string, kept: string) =>
      `${weights} weights learn from ${tokens} ${many}; ${kept} are kept to test them on.`,
    textTooShort: 'text too short',
    noSample: 'Nothing yet: press Start.',
    sampleComes: 'The first sample comes in a moment.',
    weights: (weights: string) => `A model of ${weights} weights is in memory.`,
    seconds: (seconds: string) => `${seconds} s`,
    wholeMinutes: (minutes: string) => `${minutes} min`,
    minutes: (minutes: string, seconds: string) => `${minutes} min ${seconds} s`,
    hours: (hours: string, minutes: string) => `${hours} h ${minutes} min`,
  },
  curves: {
    perplexity: 'Perplexity',
    gradient: 'Gradient norm',
    update: 'update',
    training: 'training',
    validation: 'validation',
    ngram: '5-gram',
    norm: 'norm',
    none: 'none yet',
    empty: 'drawn while a model trains',
  },
  reading: {
    next: (token: string) => `Next the model expects ${token}.`,
    came: (token: string, share: string, drawn: string) =>
      `Here came ${token}, to which the model had given ${share}${drawn}.`,
    atTemperature: (temperature: string) => `at temperature ${temperature}`,
    likeliest: (list: string) => `Likeliest: ${list}`,
    unit: (unit: string, of: string) => `${unit} of ${of}`,
    unitOfLayer: (unit: string, layer: string) => `${unit} of layer ${layer}`,
    activation: '1: the activation after each token',
    expected: 'expected',
    unexpected: 'one chance in 256 or less',
    space: 'space',
    lineEnd: 'line end',
    return: 'return',
    tab: 'tab',
    quoted: (token: string) => `‘${token}’`,
    under: (share: string) => `< ${share}`,
  },
  models: {
    name: 'my model',
    saved: (name: string) => `Saved as ${name}.`,
    replaced: (name: string) => `Saved as ${name}, in place of the model that had this name.`,
    restored: (name: string) => `${name} is back.`,
    gone: (name: string) => `${name} is no longer there: it was deleted in another tab.`,
    noCurves: 'its curves and comparison cannot be read',
    deleted: (name: string) => `Deleted ${name}.`,
    open: 'Open',
    openNamed: (name: string) => `Open ${name}`,
    delete: 'Delete',
    deleteNamed: (name: string) => `Delete ${name}`,
    opened: (model: {
      name: string;
      cell: string;
      layers: string;
      hidden: string;
      weights: string;
      vocabulary: string;
      many: string;
    }) =>
      `Opened ${model.name}: ${model.cell}, ${model.layers} x ${model.hidden} units, ${model.weights} weights, ${model.vocabulary} ${model.many}.`,
    warning: (warning: string) => `Warning: ${warning}.`,
    busy: 'Stop the training first: opening a model would end it.',
  },
  plan: {
    run: (updates: string, time: string) => `About ${updates} updates, ${time} on this machine.`,
    startOver: (updates: string, time: string) =>
      `Start over: about ${updates} updates, ${time} on this machine. Continue training keeps the settings that the model was started with.`,
    earlyStopping: 'Training ends early when the network no longer improves.',
    locked: 'The settings are locked while the network trains.',
  },
  verdict: {
    past: (share: string) =>
      `Yes: the network is past the 5-gram, with a perplexity ${share} lower. It has learned more than which five characters follow each other.`,
    belowNgram: (share: string) =>
      `Not yet: the network knows more than how frequent characters are, but the 5-gram is better: the network's perplexity is ${share} higher.`,
    belowUnigram:
      'No: the network does no better than character frequencies alone. Its texts will be gibberish.',
    helps: (list: string) => `What would help: ${list}.`,
    advice: {
      passes: 'more passes over the text',
      text: 'a longer text',
      dropout: 'more dropout or fewer passes, for it learns the text by heart',
      rate: 'a lower learning rate',
      network: 'more hidden units',
    },
  },
  arrival: {
    what: (weights: string) =>
      `This model came with the page: ${weights} weights that have read Moby-Dick. It has just written the text on this page. Press Start to train your own.`,
    missing: (message: string) =>
      `The model that comes with the page did not load: ${message}. Press Start to train one.`,
  },
  autosave: {
    offer: 'The model that you were training is still here. Continue where you were?',
    restore: 'Continue where I was',
    discard: 'Discard it',
    gone: 'It is no longer there.',
    failed: (message: string) => `The model could not be kept for a reload. ${message}`,
  },
  problems: {
    memory:
      'This needs more memory than the browser gives. Use fewer hidden units or layers, a smaller batch, or a shorter text.',
    tooShort: (message: string) =>
      `The text is too short for these settings: ${message}. Use a longer text, a smaller batch or shorter sequences.`,
    diverged:
      'Training diverged: the numbers grew without bound. Use a lower learning rate, or clip gradients.',
    worseThanGuessing:
      'Training diverged: the network does worse than guessing. Stop, and use a lower learning rate, or clip gradients.',
    unknownTokens: (message: string) => `The model has never seen some of this text. ${message}`,
    missingFile: (message: string) => `A file of the model is missing. ${message}`,
    damaged: (message: string) => `This model cannot be opened. ${message}`,
    noRoom: 'The browser has no room left for this page: delete a saved model, or download instead.',
    workerLost: (message: string) =>
      `The browser ended the computation${message && ` (${message})`}, most often because memory ran out. Try a smaller network or a shorter text.`,
    replaced: 'Another model has taken the place of this one.',
  },
  play: {
    now: 'now',
    afterPass: (epoch: string, perplexity: string) => `after pass ${epoch}, perplexity ${perplexity}`,
    rateTimes: (factor: string) => `${factor} times as planned`,
    rateAsPlanned: 'as planned',
  },
  learned: {
    features: {
      quotes: 'quotation marks',
      'line-position': 'the place in the line',
      'word-start': 'beginnings of words',
      digits: 'digits',
      capitals: 'capital letters',
      'sentence-end': 'ends of sentences',
    },
    follows: (unit: string, feature: string, inverse: boolean) =>
      `Unit ${unit} follows ${feature}${inverse ? ' (it falls)' : ''}`,
    strength: (share: string) => `rank correlation ${share}`,
    also: ' also: ',
    noUnit: (feature: string) => `No single unit follows ${feature}, or the text has too few.`,
    unitAt: (unit: string, value: string) => `unit ${unit} ${value}`,
    strip: (units: string) => `All units before this place. Strongest: ${units}`,
    dependenceHow: 'Point at a place of the text: what comes before it is colored.',
    dependedNot: 'no influence',
    depended: (token: string) => `most influence on expecting ${token}`,
    noText: 'Type or paste a text first.',
    result: (bits: string, perplexity: string) =>
      `${bits} bits per token, perplexity ${perplexity}. The colors show where it was surprised.`,
    unknown: (tokens: string) => `It has never seen: ${tokens}`,
  },
  result: {
    name: 'model of the link.zip',
    copied:
      'Link copied. It carries the model, the prompt and the seed. The weights are rounded to 8 bits, so the text may differ in places.',
    size: (characters: string) => `It has ${characters} characters; some chat programs cut long links.`,
    tooLarge: (size: string, most: string) =>
      `This model is too large for a link: ${size} kB, and a link carries ${most} kB. Download it as a file: opened under "Keep the model", it brings the prompt and the seed along.`,
    file: 'Downloaded. Opened under "Keep the model", it brings the model, the prompt and the seed.',
    caption: 'Written by a recurrent network that learned in a browser. throughtime',
    busy: 'Stop the training first: the link would take the place of the model.',
  },
  cells: {
    weights: (weights: string) => `${weights} weights`,
    perplexity: (value: string) => `perplexity ${value}`,
    busy: 'Stop the training first: three networks need the processor for themselves.',
  },
  story: {
    busy: 'Wait until training has ended, or stop it.',
    noModel: 'There is no model yet: press Start first.',
    noText: 'There is no text yet: press Generate first.',
  },
  otherPage: { name: 'Forecasting series', address: '../sine-forecast/' },
};

type Markup = {
  readonly [G in keyof typeof markup]: {
    readonly [K in keyof (typeof markup)[G]]: string | ((words: TokenWords) => string);
  };
};

/** What the page says, in any language. */
export type Texts = typeof en;

/** What its workers say. */
export const enWorker = {
  text: {
    none: 'Choose the text that the model was trained on, or one like it.',
    unnamed: (name: string) => `This page has no text named '${name}'.`,
    unknownTokens: (some: string, many: string) =>
      `The model cannot continue on this text: ${many} of its characters or words it has never seen, such as ${some}. Choose the text that it was trained on, or start over.`,
    tooLong: (millions: string, most: string) =>
      `The text has ${millions} million characters; this page takes up to ${most} million.`,
  },
  models: {
    none: 'There is no model yet: train one, or open one.',
    notFused:
      'This browser cannot run the WebAssembly engine (it needs SIMD), or the model uses options that the engine does not know.',
    ngram: 'This is an n-gram model; the page runs recurrent ones.',
    noVocabulary: 'This model was saved without its vocabulary, so it cannot read text.',
    expected: (names: string) => `Expected a .zip of a model, or its files ${names}.`,
    twice: (archive: string, name: string) => `${archive} holds more than one ${name}.`,
    noZip: (archive: string) => `${archive} is no .zip file, or a damaged one.`,
    tooLarge: (what: string, size: string, most: string) =>
      `${what} come to ${size} MB; this page opens models of up to ${most} MB.`,
    theseFiles: 'These files',
  },
};

export type WorkerTexts = typeof enWorker;
