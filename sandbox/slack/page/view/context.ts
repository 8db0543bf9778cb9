// Hands the page and its state to every component.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Page } from '../state/page.ts';
import type { PageState } from '../state/page-state.ts';

export interface Here {
  page: Page;
  state: PageState;
}

export const PageContext = createContext<Here | null>(null);

export function usePage(): Here {
  const here = useContext(PageContext);
  if (here === null) throw new Error('outside of the page');
  return here;
}
