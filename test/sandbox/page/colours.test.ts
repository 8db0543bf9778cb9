// Whether text can be read: the page's colours against the grounds they stand on, light and dark (WCAG 2.2 AA, 1.4.3 and 1.4.11).

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../sandbox/slack/page/style/colours.css', import.meta.url), 'utf8');
const [, light = '', dark = ''] = css.split(':root {');
const namesIn = (part: string): Record<string, string> =>
  Object.fromEntries(
    [...part.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})\b/g)].map(([, name, value]) => [name, value]),
  );

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

const grounds = [
  'ground',
  'ground-raised',
  'ground-sunk',
  'ground-hover',
  'pinned-ground',
  'ephemeral-ground',
];
const texts: [text: string, grounds: string[]][] = [
  ['text', [...grounds, 'ground-code', 'marked-ground', 'mention-ground']],
  ['text-soft', [...grounds, 'marked-ground']],
  ['link', [...grounds, 'mention-ground', 'marked-ground']],
  ['danger', ['ground', 'ground-raised', 'danger-ground', 'pinned-ground', 'ground-hover']],
  ['on-accent', ['accent', 'accent-strong']],
  ['on-danger', ['danger']],
  ['warning-text', ['warning-ground']],
  ['mention-me-text', ['mention-me-ground']],
  ['side-text', ['side', 'side-hover']],
  ['side-strong', ['side', 'side-hover']],
  ['side-here-text', ['side-here']],
];

describe.each([
  ['light', namesIn(light)],
  ['dark', { ...namesIn(light), ...namesIn(dark) }],
])('the %s colours', (_, colours) => {
  const at = (name: string): string => colours[name] ?? expect.fail(`there is no colour ${name}`);

  it('let every text be read', () => {
    const weak = texts.flatMap(([text, on]) =>
      on.flatMap((ground) => {
        const found = contrast(at(text), at(ground));
        return found < 4.5 ? [`${text} on ${ground}: ${found.toFixed(2)}`] : [];
      }),
    );
    expect(weak).toEqual([]);
  });

  it('let the edges of fields and the focus be seen', () => {
    for (const edge of ['line-strong', 'focus'])
      for (const ground of ['ground', 'ground-raised', 'pinned-ground'])
        expect([edge, ground, contrast(at(edge), at(ground)) >= 3]).toEqual([edge, ground, true]);
  });
});

it('lets initials be read on every colour of a person', () => {
  const people = [...css.matchAll(/\.colour-\d \{\s*background: (#[0-9a-f]{6})/g)].map(
    (match) => match[1] ?? '',
  );
  expect(people).toHaveLength(8);
  expect(people.filter((each) => contrast(each, '#ffffff') < 4.5)).toEqual([]);
});
