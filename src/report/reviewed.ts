/** The review of an incident's report: its questions, where they stand, and with what people answer them. */
import type { Level } from './lint/problem.ts';
import type { OwnSectionName } from './sections.ts';

/** What takes a person to where a question is answered. */
export type Remedy =
  | { readonly write: 'section'; readonly section: OwnSectionName }
  | { readonly write: 'whys' }
  /** `id` is that of one that is written down; without it `text` is what a new one could say. */
  | { readonly write: 'follow-up'; readonly id?: string; readonly text?: string };

export interface ReviewQuestion {
  /** `PIR007` */
  readonly code: string;
  readonly level: Level;
  /** Of the Markdown; absent for a question about more than one line. */
  readonly line?: number;
  /** The heading above it. */
  readonly section?: string;
  readonly says: string;
  readonly remedy: string;
  /** What a waiver names. */
  readonly key: string;
  /** False: no reason makes it right. */
  readonly waivable: boolean;
  readonly with?: Remedy;
}

export interface Reviewed {
  readonly incident: number;
  /** The record that it was made of, up to this entry. */
  readonly version: number;
  readonly profile: string;
  readonly status: string;
  readonly fileName: string;
  /** As it would be posted. */
  readonly markdown: string;
  /** They keep the report from being final. */
  readonly blocks: readonly ReviewQuestion[];
  /** Worth a look; they hold nothing up. */
  readonly asks: readonly ReviewQuestion[];
  readonly waived: readonly { readonly question: ReviewQuestion; readonly reason: string }[];
}
