// The page's own small drawings; they take the colour of the text around them.

import { html } from './html.ts';

const paths = {
  hash: 'M6 2 4.5 14M11.5 2 10 14M2.5 6h12M1.5 10.5h12',
  lock: 'M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  reply: 'M2 3h12v8H8l-3.5 3V11H2z',
  pin: 'M8 1.5a4 4 0 0 1 4 4c0 3-4 9-4 9s-4-6-4-9a4 4 0 0 1 4-4zM8 5.4h.01',
  smile:
    'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM5.8 6.4h.01M10.2 6.4h.01M5.2 9.4a3.2 3.2 0 0 0 5.6 0',
  people:
    'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.500-4s4.500 1.500 4.500 4M10.500 2.800a2.500 2.500 0 0 1 0 4.500M12 9.800c1.600.5 2.500 1.800 2.500 3.700',
  menu: 'M2 4h12M2 8h12M2 12h12',
  send: 'M2 8 14 2.500 10 14l-2.500-4.500z',
  plus: 'M8 3v10M3 8h10',
  file: 'M4 1.500h5l3.500 3.500v9.500H4zM9 1.500V5h3.500',
  chevron: 'M4 6l4 4 4-4',
  back: 'M10 3 5 8l5 5',
  bolt: 'M9 1.500 3.500 9H8l-1 5.500L12.500 7H8z',
  bookmark: 'M4 2h8v12l-4-3-4 3z',
  eye: 'M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8zM8 9.800a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600z',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  home: 'M2 7.500 8 2.500l6 5M3.500 6.500V13.500h9V6.500',
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name, size = 16 }: { name: IconName; size?: number }) => html`
  <svg class=${`icon icon-${name}`} width=${size} height=${size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${paths[name]} />
  </svg>
`;
