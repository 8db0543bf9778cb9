/** What looking at one backup place gave. */

export interface Looked {
  /** Where, and what was there: one line. */
  readonly searched: string;
  readonly unknowns: readonly string[];
  /** The newest copy, where there is one. */
  readonly found?: { readonly at: Date; readonly path?: string; readonly verified: boolean };
}
