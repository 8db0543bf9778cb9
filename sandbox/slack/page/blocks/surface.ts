// Where blocks stand (a message, an ephemeral, a modal, the App Home), and what touching them does there.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

export type Json = Record<string, unknown>;

/** What a person puts into an element: text, an option's value, an id, a date, or several; null empties it. */
export type Entered = string | number | readonly string[] | null;

export interface Surface {
  /** A button or an entry of an overflow menu. */
  click(block: Json, element: Json, value?: string): Promise<void>;
  /** @param done false while somebody is still typing. */
  change(block: Json, element: Json, value: Entered, done: boolean): void;
  /** What is entered now; undefined where nothing was touched yet. */
  entered(block: Json, element: Json): Entered | undefined;
  /** `state.values` of a view, for what was entered before this page was loaded. */
  kept(block: Json, element: Json): Json | undefined;
  /** The element that was touched and whose answer is awaited. */
  busy: string | null;
  /** Complaints by block_id. */
  errors: Readonly<Record<string, string>>;
  /** Makes ids of fields unique on the page. */
  prefix: string;
}

export const SurfaceContext = createContext<Surface | null>(null);

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (surface === null) throw new Error('blocks stand nowhere');
  return surface;
}

export const keyOf = (block: Json, element: Json): string =>
  `${String(block.block_id)}/${String(element.action_id)}`;

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

export const stringOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

export const textOf = (value: unknown): string =>
  isRecord(value) && typeof value.text === 'string' ? value.text : '';

/** What every element's component is given. */
export interface ElementProps {
  block: Json;
  element: Json;
  /** Of the input block around it. */
  label?: string;
  describedBy?: string | undefined;
}
