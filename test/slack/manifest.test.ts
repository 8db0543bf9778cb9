// The manifest asks for exactly what the code uses.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMAND, shortcuts } from '../../src/slack/ids.ts';
import { eventScopes, methodScopes, missingScopeWords, neededScopes } from '../../src/slack/scopes.ts';

const root = join(import.meta.dirname, '../..');
const manifest = parse(readFileSync(join(root, 'slack/manifest.yaml'), 'utf8'));

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : [readFileSync(path, 'utf8')];
  });
}
const code = sources(join(root, 'src/slack')).join('\n');
const found = (pattern: RegExp): string[] =>
  [...new Set([...code.matchAll(pattern)].map((match) => match[1] as string))].sort();

describe('the manifest', () => {
  it('grants the scopes of the methods and events that are used, and no others', () => {
    expect(manifest.oauth_config.scopes.bot).toEqual(neededScopes());
  });

  it('subscribes to the events that have listeners', () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(Object.keys(eventScopes));
    const listened = found(/app\.event\('([a-z_]+)'/g);
    const subscribed = new Set(Object.keys(eventScopes).map((event) => event.split('.')[0]));
    expect(new Set(listened)).toEqual(subscribed);
  });

  it('has the command and the shortcuts that have listeners', () => {
    expect(manifest.features.slash_commands.map((one: { command: string }) => one.command)).toEqual([
      COMMAND,
    ]);
    expect(manifest.features.shortcuts.map((one: { callback_id: string }) => one.callback_id)).toEqual([
      shortcuts.keepMessage,
      shortcuts.declare,
    ]);
    expect(found(/\blisten\(shortcuts\.(\w+)/g)).toEqual(Object.keys(shortcuts).sort());
  });

  it('the table of scopes names exactly the methods that are called', () => {
    const called = found(/\bclient\.((?:[a-z]+\.){1,2}[a-zA-Z0-9]+)\(/g);
    expect(called).toEqual(Object.keys(methodScopes).sort());
  });
});

it('names a missing scope with what it is for', () => {
  const granted = new Set(neededScopes().filter((scope) => scope !== 'pins:write'));
  expect(missingScopeWords(granted)).toEqual(['pins:write (for pins.add)']);
});
