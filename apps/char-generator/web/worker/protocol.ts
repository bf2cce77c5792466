// What page and worker say to one another: plain data.

import type { RankedUnit, TextFeatureName } from '@throughtime/lang-model';
import type { Settings } from '@throughtime/web-page';
import type { RunFacts } from '../../src/core/progress.js';
import type { Cleaning, TokenKind, TrainSettings } from '../../src/core/settings.js';

/** Where a text comes from. Files are read in the worker, so that a large one does not stop the page. */
export type TextSource =
  | { readonly kind: 'corpus'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly file: File };

/** How a text is to be read: what the page's form offers. */
export interface TextReading {
  readonly tokens: Exclude<TokenKind, 'byte'>;
  readonly clean: Cleaning;
}

export interface TextFacts {
  /** How many, in the form in which a model would see the text. */
  readonly tokens: number;
  /** How many different ones. */
  readonly distinct: number;
  /** Whether what a reader takes for one character may be several: accents, joined emoji, scripts with combining signs. */
  readonly combines: boolean;
}

export interface TrainRequest {
  readonly source: TextSource;
  readonly settings: TrainSettings;
}

/** What the engine found to work with. */
export interface Environment {
  readonly threads: number;
  readonly cores: number;
  /** Whether the page is cross-origin isolated, without which a browser shares no memory between threads. */
  readonly isolated: boolean;
}

export interface CurvePoint {
  readonly step: number;
  readonly perplexity: number;
  readonly gradientNorm: number;
}

/** What a run tells while it trains. */
export type Report =
  | (RunFacts & {
      readonly type: 'begin';
      /** What a token is. */
      readonly kind: TokenKind;
      /** A few words of the text, for the model to continue. */
      readonly opening: string;
      readonly epochs: number;
    })
  | {
      readonly type: 'progress';
      /** Every update since the report before. */
      readonly points: readonly CurvePoint[];
      readonly epoch: number;
      /** Share of the run, 0 to 1. */
      readonly done: number;
      /** Mean over the epoch so far. */
      readonly perplexity: number;
      /** Of the last update. */
      readonly learningRate: number;
      readonly tokensPerSecond: number;
      /** Seconds. */
      readonly timeLeft: number;
    }
  | { readonly type: 'validation'; readonly epoch: number; readonly perplexity: number }
  | { readonly type: 'sample'; readonly text: string }
  | {
      /** What the network writes at the end of a pass. */
      readonly type: 'pass-sample';
      readonly epoch: number;
      /** Of the pass, on the training text. */
      readonly perplexity: number;
      readonly text: string;
    };

export interface RunEnd {
  readonly reason: 'finished' | 'stopped';
  readonly epoch: number;
  readonly step: number;
}

export interface ModelFacts {
  /** What a token is. */
  readonly kind: TokenKind;
  readonly cell: string;
  /** Units per layer: '128', or '64, 32'. */
  readonly hiddenSize: string;
  readonly layers: number;
  readonly parameters: number;
  readonly vocabulary: number;
  /** What to know of its files, as the command warns of it. */
  readonly warnings: readonly string[];
  /** What a run that was saved with the model was started with; undefined for a model alone. */
  readonly settings?: TrainSettings;
  /** What a model alone says of how it was made. */
  readonly known: Partial<TrainSettings>;
  /** Whether it may be trained further: weights of 8 bits are not for training on. */
  readonly trainable: boolean;
  /** How a shared file says that its text was written: values of the page's form, unchecked. */
  readonly writing?: Settings;
  /** The text of that run, unless it is a corpus that the page has. */
  readonly text?: string;
}

/** How tokens are drawn from the model's probabilities. */
export interface Drawing {
  /** Default 1. */
  readonly temperature: number;
  readonly topK: number | undefined;
  readonly topP: number;
}

export interface GenerateRequest extends Drawing {
  readonly prompt: string;
  readonly length: number;
  readonly seed: number;
}

export interface Candidate {
  /** As the vocabulary has it. */
  readonly token: string;
  readonly probability: number;
}

/** What a model makes of a text, token by token. */
export interface Reading {
  /** As the vocabulary has them, [n]. */
  readonly tokens: readonly string[];
  /** How many of them were given, not written. */
  readonly given: number;
  /** What each token shows, [n]; together the text. */
  readonly pieces: readonly string[];
  /** Of each token, given those before it, in what was drawn from, [n]. */
  readonly probabilities: Float32Array;
  /** How unexpected each token was to the model itself, however it was drawn: -log2 of its probability, in bits, [n]. */
  readonly surprise: Float32Array;
  /** What `probabilities` and `candidates` are after. */
  readonly drawing: Drawing;
  /** The likeliest tokens at each place, in what is drawn from, the one after the end included, [n + 1]. */
  readonly candidates: readonly (readonly Candidate[])[];
  /** Each unit's activation after each token, in [-1, 1]: [n, sum of hiddenSizes]. */
  readonly hidden: Float32Array;
  readonly hiddenSizes: readonly number[];
}

/** A text that the model did not write, and may not know all of. */
export interface ForeignReading extends Reading {
  /** Tokens that the model has never seen, each once; it read another in their place. */
  readonly unknown: readonly string[];
}

/** A feature of texts, and the units that follow it. */
export interface FollowedFeature {
  readonly feature: TextFeatureName;
  /** The closest first; empty when no unit follows it, or the text hardly has it. */
  readonly units: readonly RankedUnit[];
}

/** How much a prediction depended on the tokens before it. */
export interface Dependence {
  /** The most probable token. */
  readonly token: string;
  /** The place of the first strength. */
  readonly from: number;
  /** Norms of the gradient of the token's log-probability by each token's input vector. */
  readonly strengths: Float32Array;
}

/** Cells that are compared side by side. */
export type RacedCell = 'rnn' | 'gru' | 'lstm';

/** What networks that learn side by side tell; lists have an entry per network. */
export type RaceReport =
  | { readonly type: 'begin'; readonly parameters: readonly number[] }
  | {
      readonly type: 'progress';
      readonly points: readonly { readonly step: number; readonly perplexities: readonly number[] }[];
      /** Share of the run, 0 to 1. */
      readonly done: number;
    }
  | {
      readonly type: 'pass';
      readonly epoch: number;
      /** undefined where the text was too short to keep some of it. */
      readonly validation: readonly (number | undefined)[];
      readonly samples: readonly string[];
    };
