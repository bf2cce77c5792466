import { columnTitle, modelTitle } from '../../src/core/labels.js';
import type { SeriesNote } from '../../src/core/notes.js';
import type { Texts, WorkerTexts } from './en.js';

const legends: Readonly<Record<string, string>> = {
  data: 'dados',
  actual: 'valores reais',
  'noise floor': 'piso do ruído',
};

const columns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'air-passengers': { '*': 'Passageiros por mês, milhares' },
  'us-births': { '*': 'Nascimentos por dia' },
  'seattle-weather': {
    precipitation: 'Chuva, mm por dia',
    temp_max: 'Temperatura máxima, °C',
    temp_min: 'Temperatura mínima, °C',
    wind: 'Vento, m/s',
  },
  sunspots: { '*': 'Número de manchas solares' },
  'global-temperature': { '*': 'Anomalia, °C' },
};

const units: Readonly<Record<string, readonly [one: string, many: string, masculine: boolean]>> = {
  minute: ['minuto', 'minutos', true],
  hour: ['hora', 'horas', false],
  day: ['dia', 'dias', true],
  'business-day': ['dia útil', 'dias úteis', true],
  week: ['semana', 'semanas', false],
  month: ['mês', 'meses', true],
  quarter: ['trimestre', 'trimestres', true],
  year: ['ano', 'anos', true],
};
const step: readonly [string, string, boolean] = ['passo', 'passos', true];
const unitOf = (unit: string | undefined) => units[unit ?? ''] ?? step;

function baselineOf(name: string, unit: string | undefined): string {
  const season = /^seasonal-naive\((\d+)\)$/.exec(name)?.[1];
  if (season === undefined) return 'repetir o último valor';
  if (season === '7' && unit === 'day') return 'repetir a semana passada';
  if (season === '12' && unit === 'month') return 'repetir o ano passado';
  return `repetir o valor de ${season} ${unitOf(unit)[1]} antes`;
}

const reading = {
  title: 'Como ele é lido',
  dates: 'Datas',
  asFound: 'como estão',
  dayFirst: 'dia primeiro',
  monthFirst: 'mês primeiro',
  yearFirst: 'ano primeiro',
  excel: 'dias do Excel',
  rows: 'numerar as linhas',
  decimal: 'Separador decimal',
  point: 'ponto',
  comma: 'vírgula',
  firstLine: 'Primeira linha',
  names: 'nomes',
  firstValues: 'valores',
  oneSeries: 'Linhas de uma série',
  missing: 'Marcas de valores ausentes',
  fill: 'Valores ausentes',
  leave: 'deixar de fora',
  lines: 'preencher com retas',
  zone: 'Fuso horário',
};

const titles: Readonly<Record<string, string>> = {
  'air-passengers':
    'Passageiros aéreos internacionais por mês, em milhares, 1949-1960 (Box & Jenkins, série G)',
  'us-births': 'Nascimentos por dia nos Estados Unidos, 1969-1988 (CDC, NCHS)',
  'seattle-weather': 'Tempo diário em Seattle, 2012-2015: chuva, temperaturas máxima e mínima, vento (NOAA)',
  sunspots: 'Número anual de manchas solares, 1700-2008 (NOAA NGDC)',
  'global-temperature': 'Anomalia anual da temperatura média global, em graus Celsius, 1880-2023 (NASA GISS)',
};

const rights: Readonly<Record<string, string>> = {
  'Facts, not subject to copyright': 'Fatos, não sujeitos a direito autoral',
  'US Government work, public domain': 'Obra do governo dos EUA, domínio público',
};

const decimal = (value: number) => value.toLocaleString('pt-BR');

function noteInPortuguese(note: SeriesNote): string {
  switch (note.kind) {
    case 'source':
      return `${titles[note.name] ?? note.title}. ${rights[note.rights] ?? note.rights}.`;
    case 'reading':
      return `Como o arquivo foi lido, em inglês: ${note.summary}`;
    case 'uneven':
      return 'As datas não têm espaçamento igual: as linhas são tomadas como passos iguais.';
    case 'absent':
      return note.added === 1
        ? '1 data não tem linha: seu valor está ausente'
        : `${decimal(note.added)} datas não têm linha: seus valores estão ausentes`;
    case 'absent in panel':
      return `${note.series} séries em uma linha de ${decimal(note.times)} datas: ${decimal(note.added)} dos seus valores não têm linha e estão ausentes`;
    case 'filled':
      return `${decimal(note.missing)} valores ausentes foram preenchidos com retas entre os vizinhos.`;
    case 'constant': {
      const more = note.others === 0 ? '' : ` (e mais ${note.others} séries nunca mudam)`;
      return `${note.name} é sempre ${decimal(note.value)}${more}: toda previsão também, e nenhum erro pode ser escalado.`;
    }
  }
}

/** Portuguese, as Brazil writes it. */
export const pt: Texts = {
  markup: {
    page: {
      title: 'Preveja uma série - throughtime',
      heading: 'Preveja uma senoide ou a sua própria série',
      description:
        'Treine uma rede recorrente em uma senoide com ruído ou na sua própria série, nesta página, e veja até onde ela consegue prever.',
      introduction:
        'Um modelo aprende o próximo valor a partir dos últimos. Um passo à frente ele vai bem; alimentado com as próprias previsões, logo não sabe mais do que um palpite. Veja quão logo, ao lado de referências que não aprendem nada. Tudo roda nesta página: seus dados nunca saem dela.',
      language: 'Idioma',
      settings: 'Configurações',
    },
    run: {
      train: 'Treinar',
      stop: 'Parar',
      copyLink: 'Copiar link',
      saveFile: 'Salvar como arquivo',
      suggested: 'Configurações sugeridas',
      progress: 'Andamento do treino',
      status: 'Controles',
    },
    series: {
      title: 'Série',
      source: 'Origem',
      sine: 'Uma senoide, feita aqui',
      passengers: 'Passageiros de avião',
      births: 'Nascimentos nos EUA',
      weather: 'Tempo em Seattle',
      sunspots: 'Manchas solares',
      temperature: 'Temperatura global',
      file: 'Seu próprio arquivo CSV',
      waves: 'Ondas que são somadas; uma de amplitude 0 fica de fora',
      wave: 'onda',
      amplitude: 'amplitude',
      period: 'período',
      phase: 'fase',
      amplitude1: 'Amplitude, onda 1',
      amplitude2: 'Amplitude, onda 2',
      amplitude3: 'Amplitude, onda 3',
      period1: 'Período em passos, onda 1',
      period2: 'Período em passos, onda 2',
      period3: 'Período em passos, onda 3',
      phase1: 'Fase em radianos, onda 1',
      phase2: 'Fase em radianos, onda 2',
      phase3: 'Fase em radianos, onda 3',
      noise: 'Ruído, desvio padrão',
      values: 'Valores',
      choose: 'Escolha um arquivo CSV',
      drop: 'ou solte um em qualquer lugar desta página',
      column: 'Coluna',
      season: 'Sazonalidade, em passos',
      auto: 'automático',
    },
    reading,
    model: {
      title: 'Modelo',
      model: 'Modelo',
      linear: 'Linear',
      lags: 'Defasagens, valores passados vistos',
      hidden: 'Unidades ocultas',
      horizon: 'Horizonte, em passos',
      share: 'Parte de treino, %',
      epochs: 'Épocas',
      rate: 'Taxa de aprendizado',
      seed: 'Semente',
      more: 'Mais configurações',
    },
    training: {
      title: 'Treino',
      epoch: 'Época',
      loss: 'Perda',
      state: 'Estado',
      note: 'Erro quadrático médio em unidades escaladas. O modelo é ajustado duas vezes: primeiro com todos os valores de treino, depois sem o fim deles, no qual seus intervalos são calibrados.',
    },
    verdict: { title: 'Presta?' },
    figures: {
      title: 'Dados e previsões',
      shown: 'Modelo mostrado',
      window: 'Tempo mostrado',
      all: 'tudo',
      last300: 'os últimos 300 valores',
      last100: 'os últimos 100 valores',
      last30: 'os últimos 30 valores',
      drag: 'Aponte para uma figura para ler seus valores; arraste sobre ela para ampliar, clique duas vezes para ver tudo de novo.',
      oneStep: 'Um passo à frente: treine um modelo para ver.',
      multiStep: 'Muitos passos, cada previsão realimentada: treine um modelo para ver.',
      kStep: 'k passos à frente: treine um modelo para ver.',
    },
    forecast: {
      title: 'Previsão a partir de qualquer origem',
      waiting: 'Treine um modelo e depois arraste a origem da previsão.',
      origin: 'Origem',
      help: 'Arraste no gráfico ou use o controle. No fim dele, a previsão é de valores que ninguém viu.',
      download: 'Baixar como CSV',
      image: 'Salvar como imagem',
    },
    comparison: {
      title: 'Comparação com referências',
      waiting: 'Treine um modelo para compará-lo com referências que aprendem pouco ou nada.',
      region: 'Comparação com referências',
    },
    story: {
      title: 'Cinco coisas para ver',
      introduction: 'Cada uma é um clique: escolhe uma série e um modelo, e treina.',
      lags: '1. Defasagens',
      many: '2. Um passo ou muitos',
      intervals: '3. Intervalos',
      baselines: '4. Referências',
      recurrent: '5. Uma rede recorrente',
    },
  },

  units: (count, unit) => {
    const [one, many, masculine] = unitOf(unit);
    return count === 1 ? `${masculine ? 'um' : 'uma'} ${one}` : `${count} ${many}`;
  },

  otherPage: { name: 'Gerador de caracteres', address: '../char-generator/' },

  run: {
    notTrained: 'não treinado',
    training: 'treinando',
    calibrating: 'calibrando',
    finalFit: 'ajuste final',
    forecasting: 'prevendo',
    stopped: 'parado',
    failed: 'falhou',
    trained: (name) => `treinado: ${name}`,
    sayTraining: 'Treinando',
    sayEpoch: (epoch, epochs, loss) => `Época ${epoch} de ${epochs}, perda ${loss}`,
    sayTrained: (name, error) => `Treinado. ${name}: erro um passo à frente ${error}`,
    sayOpened: (name, count) => `${name}: ${count} valores`,
    epochOf: (epoch, epochs) => `${epoch} de ${epochs}`,
    chooseFile: 'Escolha primeiro um arquivo CSV.',
    notLoaded: 'não pôde ser carregado',
    crashed: (message) => `O cálculo falhou: ${message}. Recarregue a página para recomeçar.`,
    curve: 'Perda no treino',
    curveAxis: 'época; os dois ajustes vêm um após o outro',
    calibrationFit: 'ajuste de calibração',
    curveNone: 'ainda nada',
    curveEmpty: 'desenhada enquanto um modelo treina',
  },

  threads: {
    none: 'Este navegador não consegue rodar o motor em WebAssembly: só é possível treinar Linear e MLP.',
    some: (count) => `Redes recorrentes treinam em ${count} threads.`,
    one: 'Redes recorrentes treinam em uma thread.',
    notIsolated:
      'Redes recorrentes treinam em uma thread: o servidor não isola esta página, e o navegador não permite mais.',
  },

  share: {
    copied: 'Link copiado.',
    withModel: (size) => ` Ele traz o modelo treinado, e tem ${size} caracteres.`,
    tooLarge: (size, most) =>
      ` O modelo treinado (${size} kB) não cabe em um link, que leva até ${most} kB: quem o abrir treinará de novo. Ou passe-o adiante como arquivo.`,
    file: 'Salvo. Solte o arquivo nesta página, em qualquer lugar, para ver o mesmo.',
    fileName: 'throughtime-forecast.zip',
    inAddress: 'O link está na barra de endereço.',
    notTheFile: ' O arquivo em si não está nele.',
    refused: (names) =>
      `O link tem configurações que esta página não aceita; estas mantêm seus valores: ${names}.`,
  },

  verdict: {
    waiting: 'É preciso treinar um modelo antes de dizer qualquer coisa.',
    unknown: (model) => `Não há com que comparar os erros do modelo ${model}.`,
    sentence: (verdict, model, unit, percent) => {
      const { gain, lastGain, steps, count, outcome } = verdict;
      const base = baselineOf(verdict.baseline, unit);
      const [one, many, masculine] = unitOf(unit);
      const first = `por ${percent(Math.abs(gain))} ${masculine ? 'um' : 'uma'} ${one} à frente`;
      const last = count === 1 ? '' : ` e por ${percent(Math.abs(lastGain))} ${steps} ${many} à frente`;
      const from = (turn: number) => `a partir d${masculine ? 'o' : 'a'} ${one} ${turn}`;
      switch (outcome.kind) {
        case 'wins':
          return `${model} vence ${base} em todo horizonte: ${first}${last}.`;
        case 'loses':
          return `${model} perde para ${base} em todo horizonte: ${first}${last}. O que não aprende nada vai melhor.`;
        case 'wins-first':
          return `${model} vence ${base} ${first}, e perde ${from(outcome.turn)}.`;
        case 'loses-first':
          return `${model} perde para ${base} ${first}, e vence ${from(outcome.turn)}.`;
        case 'mixed':
          return `${model} ${gain > 0 ? 'vence' : 'perde para'} ${base} ${first}; de ${count} horizontes, é melhor em ${outcome.better}.`;
      }
    },
    coverage: {
      'as promised': (held, promised) =>
        `Seus intervalos de ${promised} contiveram ${held} dos resultados, como prometem.`,
      'too narrow': (held, promised) =>
        `Seus intervalos de ${promised} contiveram só ${held} dos resultados: são estreitos demais. Não confie neles.`,
      'too wide': (held, promised) =>
        `Seus intervalos de ${promised} contiveram ${held} dos resultados: são mais largos do que precisam.`,
      unknown: () => '',
    },
    floor: (percent) => `Não se pode esperar previsão abaixo do ruído; esta está ${percent} acima dele.`,
  },

  figures: {
    data: (name) => `Os dados: ${name}`,
    dataLine: 'dados',
    oneStep: (model) => `Um passo à frente: ${model}`,
    oneStepLine: (model) => `${model}, um passo`,
    multiStep: 'Muitos passos: previsão livre',
    freeLine: (model) => `${model}, livre`,
    kStep: (k, model) => `${k} ${k === 1 ? 'passo' : 'passos'} à frente: ${model}`,
    kLine: (k) => `${k} ${k === 1 ? 'passo' : 'passos'} à frente`,
    kValue: (k) => `${k} ${k === 1 ? 'passo' : 'passos'} à frente`,
    forecast: (steps, model) => `${steps} ${steps === 1 ? 'passo' : 'passos'} à frente: ${model}`,
    horizon: (measure) => `${measure} por horizonte`,
    step: 'passo',
    time: 'tempo',
    at: (time) => `em ${time}`,
    missing: 'ausente',
    stepsAhead: 'passos à frente',
    legend: (label) =>
      legends[label] ??
      label
        .replace('forecast, intervals of', 'previsão, intervalos de')
        .replace(/^forecast, (.*) interval$/, 'previsão, intervalo de $1')
        .replace(' and ', ' e '),
    column: (series, column) =>
      columns[series]?.[column] ?? columns[series]?.['*'] ?? columnTitle(series, column),
  },

  forecast: {
    after: (time) => `depois de ${time}`,
    summary: (steps, first, last) => `Previsão do próximo passo: ${first}. Do passo ${steps}: ${last}.`,
    range: (value, low, high) => `${value} (${low} a ${high})`,
    unseen: 'Ninguém viu estes valores.',
    held: (count, inside, error) =>
      `De ${count} valores reais, ${inside} estão dentro do intervalo de 90%; raiz do erro quadrático médio ${error}.`,
    card: 'feito no navegador com throughtime',
  },

  comparison: {
    stepsAhead: 'passos à frente',
    held: (coverage) => `intervalo de ${coverage} conteve`,
    seconds: 'segundos',
    best: ' (melhor)',
    noiseFloor: 'piso do ruído',
    tooNarrow: 'estreito demais',
    tooWide: 'largo demais',
    measures: {
      MASE: 'MASE: um erro de 1 é o de repetir o valor de uma estação antes, nos valores de treino',
      MAE: 'MAE: o erro absoluto médio; os valores de treino nunca mudam de estação para estação, então nada pode ser escalado por eles',
      MSE: 'Erro quadrático médio; não se pode esperar previsão abaixo do piso do ruído',
    },
    note: (measure, origins) =>
      `${measure}. De ${origins} origens depois dos valores de treino; em negrito, o melhor.`,
  },

  note: (note) =>
    note.kind === 'gaps'
      ? `${decimal(note.missing)} de ${decimal(note.length)} valores estão ausentes: os modelos só aprendem com trechos sem lacunas. "${reading.fill}", em "${reading.title}", os preenche.`
      : noteInPortuguese(note),

  trainingNote: (note) => {
    switch (note.kind) {
      case 'failed':
        return `${modelTitle(note.model)} não pôde ser ajustado a esta série (em inglês: ${note.problem}).`;
      case 'short':
        return `As previsões vão até ${note.steps} passos à frente: há poucos valores de teste para julgar mais.`;
      case 'no season':
        return `Sem o naive sazonal: uma estação de ${decimal(note.season)} passos é mais longa que metade dos ${decimal(note.values)} valores de treino.`;
    }
  },

  problems: {
    memory: 'Não há memória suficiente para isto: feche outras páginas, ou escolha menos unidades ocultas.',
    diverged: 'O treino divergiu: tente uma taxa de aprendizado menor.',
    other: (message) => `Isto não funcionou. A mensagem, em inglês: ${message}`,
  },

  story: {
    lags: 'Um modelo linear que só vê os 2 últimos valores de uma senoide com ruído não distingue inclinação de ruído. Dê a ele 32 defasagens (nas configurações) e ele tira a média do ruído: o erro de um passo cai em direção ao piso do ruído.',
    many: 'Um passo à frente, a previsão segue os dados. Alimentado com as próprias previsões, o mesmo modelo vai para a média: a linha livre. Mova k para ver onde o problema começa.',
    intervals:
      'Uma previsão sem intervalo não diz nada sobre os próprios erros. As faixas contêm 50%, 80% e 90% dos resultados, como medido no fim dos valores de treino. Arraste a origem e veja o que acontece com os valores reais.',
    baselines:
      'Em nascimentos por dia, repetir a semana passada é difícil de vencer: a sazonalidade faz o trabalho. Um modelo só vale o tempo dele onde vence essa linha, e a tabela diz em quais horizontes.',
    recurrent:
      'Uma GRU lê os últimos 32 valores um a um e mantém um estado. Ela treina aqui, em poucos segundos, ao lado do modelo linear, que continua nas figuras: compare os erros em cada horizonte.',
  },
};

export const ptWorker: WorkerTexts = {
  reading: {
    controls: {
      timeFormat: reading.dates,
      time: reading.dates,
      decimal: reading.decimal,
      id: reading.oneSeries,
      missingMarkers: reading.missing,
      zone: reading.zone,
    },
    choices: {
      dmy: reading.dayFirst,
      mdy: reading.monthFirst,
      ymd: reading.yearFirst,
      excel: reading.excel,
      '.': reading.point,
      ',': reading.comma,
      false: reading.rows,
    },
    choose: (problem, choices) =>
      `Há mais de um modo de ler o arquivo (em inglês: ${problem}). Escolha como é lido: ${choices.join(', ou ')}.`,
    tooLong: (name, rows, most) =>
      `${name} tem ${rows} linhas; esta página aceita até ${most}, com as quais treina enquanto você espera.`,
  },
  training: {
    fewToJudge: (name, left) =>
      `${name} tem ${left} valores depois da parte de treino; são precisos ao menos 4 para julgar o modelo.`,
    fewToLearn: ({ name, values, needed, model, fitted, held }) =>
      `${name} tem ${values} valores de treino; são precisos ao menos ${needed}: ${fitted} para ajustar ${model}, e ${held} separados para calibrar os intervalos.`,
    notOpened: 'Ainda não há uma série.',
    damaged: 'Este modelo não pode ser aberto: o link ou o arquivo não está inteiro, ou vem de outro lugar.',
    anotherModel: (carried, asked) => `O link traz ${carried}, e suas configurações pedem ${asked}.`,
  },
};
