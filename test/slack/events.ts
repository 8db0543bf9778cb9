// Arbitrary events, with texts that try to break what shows them.

import fc from 'fast-check';
import type { Event } from '../../src/incidents/events.ts';
import { instant, person, words } from './states.ts';

/** Events about step `s0` that are followed by a waiting message, and events that are told in one line. */
export const events: fc.Arbitrary<Event> = fc
  .record({
    says: words,
    by: person,
    at: instant,
    body: fc.constantFrom(
      'check_done',
      'check_repeated',
      'plan_made',
      'verified',
      'act_found',
      'act_done',
      'approval_lapsed',
      'note_added',
      'slack_failed',
      'resolved',
      'choice_made',
      'role_set',
      'target_confirmed',
      'target_proposed',
      'target_dropped',
      'lock_taken',
      'lock_lost',
      'severity_changed',
      'unwind_started',
      'unwind_ended',
    ),
  })
  .map(({ says, by, at, body: type }): Event => {
    const place = { run: 1, step: 's0', try: 1 };
    const target = { namespace: says.slice(0, 250), kind: 'statefulset', name: says.slice(0, 250), says };
    const body = {
      ...place,
      left: type === 'unwind_ended' ? Array.from({ length: 40 }, () => ({ ...place, title: says })) : 0,
      says,
      what: says,
      text: says,
      label: says,
      reason: says,
      summary: says,
      options: [],
      kind: 'note',
      at,
      precision: 'about',
      source: { kind: 'slack' },
      role: says,
      person: by,
      from: 'SEV3',
      to: 'SEV1',
      by,
      keys: [says],
      locks: [{ key: says, incident: 3, ...place, by: says, since: at }],
      arrives: true,
      target,
      verdict: 'bad',
      was: 'bad',
      title: says,
      resolve: 42,
      seconds: 1.5,
      elsewhere: says,
      milestone: false,
      held: false,
      happened: 'cannot tell',
      outcome: 'unknown',
      why: type === 'unwind_ended' ? 'stopped' : 'expired',
      changes: Array.from({ length: 40 }, () => ({ ...place, title: says })),
      passed: Array.from({ length: 40 }, () => ({ ...place, title: says, why: says })),
      evidence: {
        fields: { text: says, list: Array.from({ length: 40 }, () => ({ a: says, b: [says] })), none: null },
        hash: 'a'.repeat(64),
      },
    };
    return { incident: 7, version: 42, at, by, command: 'c', type, body } as unknown as Event;
  });
