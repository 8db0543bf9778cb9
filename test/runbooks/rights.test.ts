/** Every place of a runbook from which an action can be called is found, with the words that name it. */
import { describe, expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { loadLibrary } from '../../src/runbooks/library.ts';
import { nestedIn, offeredBy, reachedFrom } from '../../src/runbooks/rights.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';

const HEAD = (id: string) => `apiVersion: runbook/v1
id: ${id}
title: ${id}
summary: Something.
owner: "@somebody"
reviewed: 2026-11-20
`;

const EVERYWHERE = `${HEAD('everywhere')}
params:
  member:
    type: k8s/pod
    label: Which?
    required: true
    from: { uses: patroni.members, with: { statefulset: db }, show: "\${{ item.name }}" }
  deployment: { type: k8s/deployment, label: Which?, required: true }
  size: { type: enum, label: How?, options: [small, large], required: true }
  words: { type: string, label: Why?, required: true }
steps:
  - id: look
    kind: check
    title: Look
    uses: k8s.workload
    with: { workload: "\${{ params.deployment }}" }
    timeout: 10s
    retry: { times: 2, every: 5s }
    verdict:
      - if: out.ready == 0
        is: bad
        says: Down.
        next: { run: elsewhere, with: {} }
      - { else: ok, says: Well. }
  - id: pick
    kind: ask
    title: Which Service?
    form: { service: { type: k8s/service, label: Service, required: true } }
  - id: up
    kind: act
    title: Scale
    uses: k8s.scale
    with: { workload: "\${{ params.deployment }}", replicas: 1, expect: { replicas: 0 } }
    timeout: 10s
    confirm: { level: click }
    locks: ["\${{ incident.namespace }}/deployment/\${{ params.deployment }}"]
    verify: { uses: k8s.replicas, with: { workload: "\${{ params.deployment }}" }, until: out.ready == 1, timeout: 10s }
    undo: auto
    leaves:
      temporary: It runs.
      until: incident-close
      probe: { uses: k8s.workload, with: { workload: "\${{ params.deployment }}" }, gone: out.desired == 0 }
    also_leaves:
      - temporary: Something else.
        until: incident-close
        probe: { uses: k8s.logs, with: { pod: db-0, lines: 5 }, gone: out.lines == 0 }
      - permanent: A number.
        follow_up: Put it into git.
  - id: dump
    kind: act
    title: Dump
    uses: postgres.dump
    with: { pod: "\${{ params.member }}", database: app }
    timeout: 10s
    confirm: { level: click }
    locks: ["\${{ incident.namespace }}/pod/\${{ params.member }}"]
    verify: { uses: postgres.read-back, with: { pod: "\${{ params.member }}", path: "\${{ steps.dump.plan.path }}" }, until: out.readable, timeout: 10s }
    undo: { uses: k8s.delete-file, with: { pod: "\${{ params.member }}", path: "\${{ steps.dump.plan.path }}" } }
    leaves:
      temporary: A file.
      until: incident-close
      sensitivity: personal-data
      probe: { uses: k8s.file-exists, with: { pod: "\${{ params.member }}", path: "\${{ steps.dump.plan.path }}" }, gone: "!out.exists" }
  - id: by_hand
    kind: manual
    title: By hand
    do: Do it.
    by_hand: [kubectl get pods]
    verify: { uses: patroni.cluster, with: { statefulset: db }, until: out.leaders == 1, timeout: 10s }
    leaves:
      temporary: A mess.
      until: incident-close
      probe: { uses: k8s.changes, with: {}, gone: out.count == 0 }
  - id: inside
    kind: run
    title: The rest
    runbook: deeper
    with: {}
`;

const small = (id: string, more: string) => `${HEAD(id)}
steps:
  - id: look
    kind: check
    title: Look
    uses: k8s.changes
    with: {}
    timeout: 10s
    verdict: [{ else: ok, says: Well. }]
${more}`;
const running = (id: string, runbook: string) =>
  small(id, `  - { id: more, kind: run, title: More, runbook: ${runbook}, with: {} }\n`);

const options = `${HEAD('options')}
params:
  kind: { type: enum, label: Its kind, options: [deployment, statefulset], required: true }
steps:
  - id: look
    kind: check
    title: Look
    uses: k8s.workload
    with: { workload: web, kind: "\${{ params.kind }}" }
    timeout: 10s
    verdict: [{ else: ok, says: Well. }]
`;

const texts = [
  EVERYWHERE,
  options,
  small('elsewhere', ''),
  running('deeper', 'deepest'),
  running('deepest', 'absent'),
];
const library = loadLibrary(
  texts.map((text, at) => ({ file: `${at}.yaml`, text })),
  register,
  '2026-11-20',
);
const runbookOf = (id: string): Runbook => {
  const found = library.runbooks.get(id)?.runbook;
  if (!found) throw new Error(JSON.stringify(library.problems, null, 1));
  return found;
};

describe('reachedFrom', () => {
  it('finds every place', () => {
    const found = reachedFrom(runbookOf('everywhere'));
    expect(found.map((one) => `${one.at.where}: ${one.kind === 'list' ? one.type : one.uses}`)).toEqual([
      'parameter member: patroni.members',
      'parameter deployment: k8s/deployment',
      'step look: k8s.workload',
      'form field service of pick: k8s/service',
      'step up: k8s.scale',
      'verification of up: k8s.replicas',
      'undo of up: k8s.scale',
      'what is left of up: k8s.workload',
      'what is left of up: k8s.logs',
      'step dump: postgres.dump',
      'verification of dump: postgres.read-back',
      'undo of dump: k8s.delete-file',
      'what is left of dump: k8s.file-exists',
      'verification of by_hand: patroni.cluster',
      'what is left of by_hand: k8s.changes',
    ]);
    expect(found[0]).toMatchObject({ kind: 'choice', with: { statefulset: 'db' } });
    expect(found[4]).toMatchObject({ kind: 'call', with: { workload: '${{ params.deployment }}' } });
  });

  it('knows that an argument which is a parameter with options is one of these', () => {
    const kinds = reachedFrom(runbookOf('options')).flatMap((one) =>
      one.kind === 'list' ? [] : [one.with['kind']],
    );
    expect(kinds).toEqual(['deployment', 'statefulset']);
  });

  it('names every action that the file names', () => {
    const named = [...EVERYWHERE.matchAll(/uses: ([\w.-]+)/g)].map((one) => one[1]);
    const found = reachedFrom(runbookOf('everywhere')).flatMap((one) =>
      one.kind === 'list' ? [] : [one.uses],
    );
    expect(new Set(found)).toEqual(new Set(named));
  });
});

it('follows nested runbooks to the end, absent ones included, and not those that are only offered', () => {
  const of = (id: string) => library.runbooks.get(id)?.runbook;
  expect(nestedIn(['everywhere'], of)).toEqual(['absent', 'deeper', 'deepest']);
  expect(nestedIn(['elsewhere'], of)).toEqual([]);
  expect(nestedIn(['everywhere', 'deeper'], of)).toEqual(['absent', 'deepest']);
  expect(offeredBy(runbookOf('everywhere'))).toEqual(['elsewhere']);
});
