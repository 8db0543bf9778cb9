/** How contacts are told, and what may be asked over HTTP, in handrail.yaml: read, and each mistake named at its place. */
import { expect, test } from 'vitest';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';

const parsed = (lines: string) =>
  parseHandrailYaml(
    `zone: UTC\nsystems:\n  - id: shop\n    title: Shop\n    namespace: shop\n${lines}\n`,
    'f.yaml',
  );
const contact = (more: string) => `    contacts:\n      - { name: Platform, what: the cluster, ${more} }`;
const errors = (lines: string) =>
  parsed(lines)
    .problems.filter((one) => one.severity === 'error')
    .map(({ what, todo }) => `${what} — ${todo}`)
    .join('\n');

test.each<[string, unknown]>([
  ['channel: platform', undefined],
  [
    'channel: platform, escalate: { by: slack, mention: S0123456789 }',
    { by: 'slack', mention: 'S0123456789' },
  ],
  ['escalate: { by: slack, mention: U0123456789 }', { by: 'slack', mention: 'U0123456789' }],
  ['escalate: { by: webhook, url_from: HOOK }', { by: 'webhook', urlFrom: 'HOOK' }],
  ['escalate: { by: pagerduty, key_from: KEY }', { by: 'pagerduty', keyFrom: 'KEY' }],
  [
    'escalate: { by: opsgenie, key_from: KEY, url: "https://api.eu.opsgenie.com/v2" }',
    { by: 'opsgenie', keyFrom: 'KEY', url: 'https://api.eu.opsgenie.com' },
  ],
])('a contact with %s', (more, escalate) => {
  expect(errors(contact(more))).toBe('');
  expect(parsed(contact(more)).config?.systems[0]?.contacts[0]?.escalate).toEqual(escalate);
});

test.each<[string, RegExp]>([
  ['escalate: { by: slack }', /nothing says where — add channel:, or mention:/],
  ['escalate: { by: slack, mention: S0123456789 }', /nothing says where/],
  ['escalate: { by: slack, mention: "@ana" }', /is no id of a person or a user group/],
  [
    'escalate: { by: webhook, url_from: "https://hooks.example.org/planted" }',
    /is not the name of an environment variable/,
  ],
  ['escalate: { by: pagerduty }', /key_from/],
  ['escalate: { by: pagerduty, key_from: KEY, url: events.example.org }', /is no web address/],
  ['escalate: { by: pigeon, key_from: KEY }', /./],
])('a contact is refused with %s', (more, words) => {
  const said = errors(contact(more));
  expect(said).toMatch(words);
  expect(said).not.toContain('planted');
});

test('addresses have names, and no login in them', () => {
  const good = '    addresses: [{ name: public, url: "https://shop.example.org/health" }]';
  expect(parsed(good).config?.systems[0]?.addresses).toEqual([
    { name: 'public', url: 'https://shop.example.org/health' },
  ]);
  const bad = (url: string) => errors(`    addresses: [{ name: public, url: "${url}" }]`);
  expect(bad('https://u:hunter2@shop.example.org/')).toMatch(/holds a password/);
  expect(bad('ftp://shop.example.org/')).toMatch(/is no web address/);
});
