// All that the page says, in Brazilian Portuguese.
import type { TokenKind } from '../../src/core/settings.js';
import type { Texts, WorkerTexts } from './en.js';
import { type TokenNouns, tokenWords } from './token-words.js';

const tokens: TokenNouns = {
  char: ['caractere', 'caracteres'],
  grapheme: ['caractere', 'caracteres'],
  word: ['palavra', 'palavras'],
  whitespace: ['palavra', 'palavras'],
  byte: ['byte', 'bytes'],
  bpe: ['fragmento', 'fragmentos'],
  wordpiece: ['fragmento', 'fragmentos'],
  unigram: ['fragmento', 'fragmentos'],
};

/** A palavra, o caractere. */
function isFeminine(kind: TokenKind): boolean {
  return kind === 'word' || kind === 'whitespace';
}

export const pt: Texts = {
  tokens: (kind) => tokenWords(tokens, kind),
  markup: {
    page: {
      title: 'Gerador de caracteres - throughtime',
      heading: 'Gerador de caracteres',
      description: 'Treine uma rede recorrente com um texto, no seu navegador, e deixe-a escrever.',
      introduction:
        'Uma rede recorrente lê um texto caractere por caractere, ou palavra por palavra, e aprende a adivinhar o próximo. Treine-a aqui, no seu navegador, veja como ela melhora e deixe-a escrever. Seu texto nunca sai desta página.',
      language: 'Idioma',
    },
    text: {
      settings: 'Configurações',
      title: 'Texto',
      corpus: 'Aprender com',
      mobyDick: 'Moby-Dick, capítulos 1 a 17 (em inglês)',
      alice: 'Alice no País das Maravilhas (em inglês)',
      own: 'meu próprio texto',
      pasted: 'Cole um texto',
      file: 'ou solte aqui um arquivo de texto, ou escolha um',
      clean: 'Limpeza',
      cleanNone: 'nenhuma',
      cleanLetters: 'só letras e espaços',
      clean07: 'como no D2L 0.7',
      clean017: 'como no D2L 0.17',
      clean10: 'como no D2L 1.0',
      tokens: 'Ler em',
      tokensChar: 'caracteres',
      tokensGrapheme: 'caracteres, acentos e emojis inteiros',
      tokensWord: 'palavras, pontuação à parte',
      tokensWhitespace: 'palavras entre espaços',
      tokensBpe: 'partes de palavras (BPE)',
      tokensWordPiece: 'partes de palavras (WordPiece)',
      tokensUnigram: 'partes de palavras (Unigram)',
    },
    network: {
      title: 'Rede',
      cell: 'Célula',
      hidden: 'Unidades ocultas',
      layers: 'Camadas',
    },
    settings: {
      title: 'Treinamento',
      epochs: 'Passagens pelo texto',
      optimizer: 'Otimizador',
      momentum: 'SGD com momento',
      lr: 'Taxa de aprendizado',
      steps: 'Comprimento da sequência',
      batch: 'Tamanho do lote',
      more: 'Mais',
      schedule: 'Taxa ao longo do treino',
      oneCycle: 'sobe, depois desce',
      cosine: 'desce',
      constant: 'constante',
      cyclical: 'sobe e desce, quatro vezes',
      onPlateau: 'metade quando estagna',
      clip: 'Limitar a norma do gradiente a',
      dropout: 'Dropout',
      seed: 'Semente',
      suggest: 'Usar as configurações que convêm ao texto',
      share: 'Copiar um link para estas configurações',
    },
    training: {
      title: 'Treinamento',
      start: 'Iniciar',
      pause: 'Pausar',
      stop: 'Parar',
      further: 'Continuar o treinamento',
      gettingReady: 'Preparando ...',
      progress: 'Treinamento',
      perplexity: 'Perplexidade, nesta passagem',
      gradientNorm: 'Norma do gradiente',
      pace: ({ Many }) => `${Many} por segundo`,
      timeLeft: 'Tempo restante',
      pass: 'Passagem',
      sample: 'O que ela escreve agora',
      noSample: 'Nada ainda: pressione Iniciar.',
    },
    comparison: {
      title: 'Ela é boa?',
      what: ({ many, kind }) =>
        `Perplexidade no último décimo do texto, que nenhum modelo viu: entre ${isFeminine(kind) ? 'quantas' : 'quantos'} ${many} igualmente prováveis o modelo está escolhendo; quanto menor, melhor.`,
      model: 'Modelo',
      perplexity: 'Perplexidade',
      unigram: ({ many }) => `Só as frequências de ${many}`,
      ngram: ({ many }) => `Contagens de cinco ${many} (Kneser-Ney)`,
      network: 'Esta rede',
    },
    writing: {
      title: 'Gerar um texto',
      prompt: 'Começar com',
      length: ({ Many }) => Many,
      temperature: 'Temperatura',
      topK: 'Top-k',
      topKEmpty: '(vazio: todos)',
      topP: 'Top-p',
      seed: 'Semente',
      write: 'Gerar',
      stop: 'Parar de gerar',
    },
    reading: {
      color: 'Colorir o texto por',
      colorNone: 'nada',
      colorSurprise: 'o que foi inesperado',
      colorUnit: 'uma unidade oculta',
      unit: 'Unidade',
      place: 'Posição no texto',
      placeHow: ({ one, kind }) =>
        `(aponte para ${isFeminine(kind) ? 'uma' : 'um'} ${one}, ou use as setas do teclado aqui)`,
    },
    models: {
      title: 'Guardar o modelo',
      undo: 'Desfazer',
      name: 'Nome',
      save: 'Salvar neste navegador',
      saved: 'Modelos salvos',
      download: 'Baixar como .zip',
      int8: 'Pesos de 8 bits: um quarto do tamanho, para escrever, não para continuar o treinamento',
      upload:
        'Abrir um modelo: um .zip desta página, ou os arquivos de uma pasta que `generate train` escreveu',
      unpacked:
        'Descompactado, o .zip é uma pasta para a linha de comando: `generate sample --model FOLDER`.',
    },
    play: {
      rate: 'Taxa de aprendizado',
      temperature: 'Temperatura',
      before: 'Amostra anterior',
      after: 'Amostra seguinte',
      timeline: 'Amostras de todas as passagens',
      presets: 'Quanto tempo',
      quick: '20 segundos',
      better: '2 minutos',
      own: 'à sua escolha',
    },
    learned: {
      title: 'Veja o que ela aprendeu',
      what: 'Ninguém disse à rede o que é uma citação ou uma palavra. Algumas de suas unidades acompanham essas coisas mesmo assim.',
      find: 'Encontrar unidades pelo que acompanham',
      depend: 'De que dependeu uma previsão?',
      units: 'Unidades pelo que acompanham',
      own: 'Um texto seu, para a rede ler',
      read: 'Ler',
      colorDependence: 'de que depende uma previsão',
    },
    result: {
      share: 'Copiar um link para este texto',
      file: 'Baixar como arquivo',
      card: 'Salvar como imagem',
    },
    cells: {
      title: 'RNN, GRU e LSTM lado a lado',
      what: 'Três redes que diferem só na célula aprendem o texto escolhido com as configurações do formulário. O modelo acima fica como está.',
      start: 'Treinar as três',
      stop: 'Parar',
      progress: 'Treinamento das três',
      text: 'Um texto para as três lerem (com este elas não treinaram)',
      read: 'Ler',
    },
    story: {
      title: 'Cinco coisas para ver em cinco minutos',
      perplexity: 'Perplexidade',
      perplexityText:
        'A rede adivinha o que vem em seguida. A perplexidade diz entre quantas escolhas igualmente prováveis ela ainda hesita: cerca de 27 se só conhecesse o alfabeto, 5 se já as reduziu a cinco.',
      perplexityShow: 'Colorir o texto pela surpresa',
      truncation: 'Comprimento das sequências',
      truncationText:
        'Enquanto aprende, ela olha para trás um número fixo de passos. Com 4 aprende a ortografia; com 64 pode aprender também o que uma frase ou uma citação pede.',
      truncationShort: 'Aprender com 4 passos',
      truncationLong: 'Aprender com 64 passos',
      clipping: 'Limite do gradiente',
      clippingText:
        'Às vezes um passo do aprendizado lançaria os pesos para longe. O limite encurta esse passo. Observe a norma do gradiente: sem limite ela pode saltar, e a perplexidade junto.',
      clippingOff: 'Aprender sem limite',
      clippingOn: 'Aprender com limite',
      temperature: 'Temperatura',
      temperatureText:
        'Ao escrever, ela sorteia cada caractere seguinte segundo as probabilidades. Uma temperatura baixa favorece os mais prováveis: correto e monótono. Uma alta dá chance aos outros: vivo e cheio de erros.',
      temperatureLow: 'Escrever a 0,2',
      temperatureHigh: 'Escrever a 1,4',
      units: 'O que ela notou sozinha',
      unitsText:
        'Ninguém marca nada no texto. Para adivinhar bem, a rede acompanha coisas: se uma citação está aberta, quão longa é a linha, onde uma palavra começa. Algumas de suas unidades podem ser lidas.',
      unitsShow: 'Encontrar essas unidades',
    },
  },
  environment: {
    threads: (threads) => `Usa ${threads} threads, uma por núcleo.`,
    oneCore: 'Usa uma thread: esta máquina tem um núcleo.',
    notIsolated:
      'Usa uma thread: o servidor não enviou os cabeçalhos (COOP e COEP) necessários para mais threads.',
    noSharing: 'Usa uma thread: este navegador não compartilha memória entre threads.',
  },
  share: {
    copied: 'Link copiado. Ele não inclui o seu próprio texto.',
    inAddressBar: 'O link está agora na barra de endereços.',
    refused: (names) => `Estes valores do link não são possíveis e ficam como estão aqui: ${names}.`,
  },
  text: {
    advice: 'Cole 2.000 caracteres ou mais. Quanto mais longo o texto, melhor a rede.',
    facts: (tokens, many, distinct) => `${tokens} ${many}, ${distinct} diferentes`,
    factsOf: (name, facts) => `${name}: ${facts}`,
    longPaste: (millions) =>
      `São ${millions} milhões de caracteres. Salve um texto de mais de um milhão como arquivo e solte-o abaixo.`,
    none: 'Cole um texto, solte um arquivo ou escolha um dos livros.',
    tooShort: (batch, steps, many, needed, there) =>
      `O texto é curto demais: um lote de ${batch} linhas de ${steps} ${many} precisa de ${needed}, e o texto tem ${there}. Use um texto mais longo, um lote menor ou sequências mais curtas.`,
  },
  training: {
    start: 'Iniciar',
    startOver: 'Recomeçar',
    pause: 'Pausar',
    resume: 'Retomar',
    started: 'O treinamento começou',
    paused: 'em pausa',
    resumed: 'O treinamento continua',
    finished: 'O treinamento terminou',
    stopped: 'O treinamento foi interrompido',
    done: 'concluído',
    stoppedShort: 'interrompido',
    pass: (epoch, epochs) => `${epoch} de ${epochs}`,
    progress: (epoch, perplexity) => `Passagem ${epoch}, perplexidade ${perplexity}`,
    facts: (weights, tokens, many, kept) =>
      `${weights} pesos aprendem com ${tokens} ${many}; o teste usa outros ${kept}.`,
    textTooShort: 'texto curto demais',
    noSample: 'Nada ainda: pressione Iniciar.',
    sampleComes: 'A primeira amostra vem em um instante.',
    weights: (weights) => `Um modelo de ${weights} pesos está na memória.`,
    seconds: (seconds) => `${seconds} s`,
    wholeMinutes: (minutes) => `${minutes} min`,
    minutes: (minutes, seconds) => `${minutes} min ${seconds} s`,
    hours: (hours, minutes) => `${hours} h ${minutes} min`,
  },
  curves: {
    perplexity: 'Perplexidade',
    gradient: 'Norma do gradiente',
    update: 'atualização',
    training: 'treino',
    validation: 'validação',
    ngram: '5-gramas',
    norm: 'norma',
    none: 'nada ainda',
    empty: 'desenhado enquanto um modelo treina',
  },
  reading: {
    next: (token) => `Em seguida o modelo espera ${token}.`,
    came: (token, share, drawn) => `Aqui veio ${token}, a que o modelo tinha dado ${share}${drawn}.`,
    atTemperature: (temperature) => `na temperatura ${temperature}`,
    likeliest: (list) => `Mais prováveis: ${list}`,
    unit: (unit, of) => `${unit} de ${of}`,
    unitOfLayer: (unit, layer) => `${unit} da camada ${layer}`,
    activation: '1: a ativação depois de cada token',
    expected: 'esperado',
    unexpected: 'uma chance em 256 ou menos',
    space: 'espaço',
    lineEnd: 'fim de linha',
    return: 'retorno',
    tab: 'tabulação',
    quoted: (token) => `“${token}”`,
    under: (share) => `< ${share}`,
  },
  models: {
    name: 'meu modelo',
    saved: (name) => `Salvo como ${name}.`,
    replaced: (name) => `Salvo como ${name}, no lugar do modelo que tinha este nome.`,
    restored: (name) => `${name} está de volta.`,
    gone: (name) => `${name} não está mais aqui: foi excluído em outra aba.`,
    noCurves: 'as curvas e a comparação não podem ser lidas',
    deleted: (name) => `${name} foi excluído.`,
    open: 'Abrir',
    openNamed: (name) => `Abrir ${name}`,
    delete: 'Excluir',
    deleteNamed: (name) => `Excluir ${name}`,
    opened: ({ name, cell, layers, hidden, weights, vocabulary, many }) =>
      `${name} está aberto: ${cell}, ${layers} x ${hidden} unidades, ${weights} pesos, ${vocabulary} ${many}.`,
    warning: (warning) => `Aviso: ${warning}.`,
    busy: 'Pare o treinamento primeiro: abrir um modelo o encerraria.',
  },
  plan: {
    run: (updates, time) => `Cerca de ${updates} atualizações, ${time} nesta máquina.`,
    startOver: (updates, time) =>
      `Recomeçar: cerca de ${updates} atualizações, ${time} nesta máquina. Continuar o treinamento mantém as configurações com que o modelo começou.`,
    earlyStopping: 'O treinamento termina antes se a rede não melhora mais.',
    locked: 'As configurações ficam bloqueadas enquanto a rede treina.',
  },
  verdict: {
    past: (share) =>
      `Sim: a rede passou dos 5-gramas, com uma perplexidade ${share} menor. Ela aprendeu mais do que quais cinco caracteres se seguem.`,
    belowNgram: (share) =>
      `Ainda não: a rede sabe mais do que a frequência dos caracteres, mas os 5-gramas são melhores: a perplexidade da rede é ${share} maior.`,
    belowUnigram:
      'Não: a rede não faz melhor do que as frequências dos caracteres. Seus textos não terão sentido.',
    helps: (list) => `O que ajudaria: ${list}.`,
    advice: {
      passes: 'mais passagens pelo texto',
      text: 'um texto mais longo',
      dropout: 'mais dropout ou menos passagens, pois ela decora o texto',
      rate: 'uma taxa de aprendizado menor',
      network: 'mais unidades ocultas',
    },
  },
  arrival: {
    what: (weights) =>
      `Este modelo veio com a página: ${weights} pesos que leram Moby-Dick. Ele acabou de escrever o texto desta página. Pressione Iniciar para treinar o seu.`,
    missing: (message) =>
      `O modelo que vem com a página não carregou: ${message}. Pressione Iniciar para treinar um.`,
  },
  autosave: {
    offer: 'O modelo que você estava treinando ainda está aqui. Continuar de onde parou?',
    restore: 'Continuar de onde parei',
    discard: 'Descartar',
    gone: 'Ele não está mais aqui.',
    failed: (message) => `O modelo não pôde ser guardado para depois. ${message}`,
  },
  problems: {
    memory:
      'Isto precisa de mais memória do que o navegador oferece. Use menos unidades ocultas ou camadas, um lote menor ou um texto mais curto.',
    tooShort: (message) =>
      `O texto é curto demais para estas configurações: ${message}. Use um texto mais longo, um lote menor ou sequências mais curtas.`,
    diverged:
      'O treinamento divergiu: os números cresceram sem limite. Use uma taxa de aprendizado menor, ou limite os gradientes.',
    worseThanGuessing:
      'O treinamento divergiu: a rede faz pior do que adivinhar ao acaso. Pare e use uma taxa de aprendizado menor, ou limite os gradientes.',
    unknownTokens: (message) => `O modelo nunca viu uma parte deste texto. ${message}`,
    missingFile: (message) => `Falta um arquivo do modelo. ${message}`,
    damaged: (message) => `Este modelo não pode ser aberto. ${message}`,
    noRoom: 'O navegador não tem mais espaço para esta página: exclua um modelo salvo, ou baixe-o.',
    workerLost: (message) =>
      `O navegador encerrou o cálculo${message && ` (${message})`}, quase sempre por falta de memória. Tente uma rede menor ou um texto mais curto.`,
    replaced: 'Outro modelo tomou o lugar deste.',
  },
  play: {
    now: 'agora',
    afterPass: (epoch, perplexity) => `depois da passagem ${epoch}, perplexidade ${perplexity}`,
    rateTimes: (factor) => `${factor} vezes a planejada`,
    rateAsPlanned: 'como planejada',
  },
  learned: {
    features: {
      quotes: 'as aspas',
      'line-position': 'a posição na linha',
      'word-start': 'os começos de palavras',
      digits: 'os algarismos',
      capitals: 'as letras maiúsculas',
      'sentence-end': 'os fins de frases',
    },
    follows: (unit, feature, inverse) =>
      `A unidade ${unit} acompanha ${feature}${inverse ? ' (ela cai)' : ''}`,
    strength: (share) => `correlação de postos ${share}`,
    also: ' também: ',
    noUnit: (feature) => `Nenhuma unidade sozinha acompanha ${feature}, ou o texto tem poucos casos.`,
    unitAt: (unit, value) => `unidade ${unit} ${value}`,
    strip: (units) => `Todas as unidades antes deste lugar. Mais fortes: ${units}`,
    dependenceHow: 'Aponte para um lugar do texto: o que vem antes dele ganha cor.',
    dependedNot: 'nenhuma influência',
    depended: (token) => `maior influência em esperar ${token}`,
    noText: 'Digite ou cole um texto primeiro.',
    result: (bits, perplexity) =>
      `${bits} bits por token, perplexidade ${perplexity}. As cores mostram onde a rede se surpreendeu.`,
    unknown: (tokens) => `Ela nunca viu: ${tokens}`,
  },
  result: {
    name: 'modelo do link.zip',
    copied:
      'Link copiado. Ele leva o modelo, o começo e a semente. Os pesos são arredondados para 8 bits, e por isso o texto pode diferir em alguns pontos.',
    size: (characters) => `Tem ${characters} caracteres; alguns programas de mensagens cortam links longos.`,
    tooLarge: (size, most) =>
      `Este modelo é grande demais para um link: ${size} kB, e um link leva ${most} kB. Baixe-o como arquivo: aberto em "Guardar o modelo", ele traz também o começo e a semente.`,
    file: 'Baixado. Aberto em "Guardar o modelo", ele traz o modelo, o começo e a semente.',
    caption: 'Escrito por uma rede recorrente que aprendeu num navegador. throughtime',
    busy: 'Pare o treinamento primeiro: o link tomaria o lugar do modelo.',
  },
  cells: {
    weights: (weights) => `${weights} pesos`,
    perplexity: (value) => `perplexidade ${value}`,
    busy: 'Pare o treinamento primeiro: três redes precisam do processador só para elas.',
  },
  story: {
    busy: 'Espere o fim do treinamento, ou pare-o.',
    noModel: 'Ainda não há um modelo: pressione Iniciar primeiro.',
    noText: 'Ainda não há um texto: pressione Gerar primeiro.',
  },
  otherPage: { name: 'Previsão de séries', address: '../sine-forecast/' },
};

export const ptWorker: WorkerTexts = {
  text: {
    none: 'Escolha o texto com que o modelo foi treinado, ou um parecido.',
    unnamed: (name) => `Esta página não tem um texto chamado '${name}'.`,
    unknownTokens: (some, many) =>
      `O modelo não pode continuar com este texto: há ${many} caracteres ou palavras que ele nunca viu, como ${some}. Escolha o texto com que ele foi treinado, ou recomece.`,
    tooLong: (millions, most) =>
      `O texto tem ${millions} milhões de caracteres; esta página aceita até ${most} milhões.`,
  },
  models: {
    none: 'Ainda não há um modelo: treine um, ou abra um.',
    notFused:
      'Este navegador não consegue executar o motor WebAssembly (precisa de SIMD), ou o modelo usa opções que o motor não conhece.',
    ngram: 'Este é um modelo de n-gramas; a página executa modelos recorrentes.',
    noVocabulary: 'Este modelo foi salvo sem o vocabulário, e por isso não consegue ler texto.',
    expected: (names) => `Esperava-se um .zip de um modelo, ou os arquivos ${names}.`,
    twice: (archive, name) => `${archive} contém mais de um ${name}.`,
    noZip: (archive) => `${archive} não é um arquivo .zip, ou está danificado.`,
    tooLarge: (what, size, most) => `${what}: ${size} MB; esta página abre modelos de até ${most} MB.`,
    theseFiles: 'Estes arquivos',
  },
};
