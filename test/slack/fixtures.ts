// One system, one runbook, one plan, for the tests of the Slack edge.

import type { Catalog } from '../../src/catalog/catalog.ts';

export const catalog: Catalog = {
  systems: [
    {
      id: 'web-api',
      title: 'Web API',
      namespace: 'prod',
      workloads: ['web-api'],
      databases: [],
      docs: [{ title: 'Architecture', url: 'https://git.example.org/architecture' }],
      picture: 'https://git.example.org/picture.svg',
      dependencies: ['Shared cluster'],
      contacts: [{ name: 'Platform', what: 'nodes', channel: 'platform-help' }],
      runbooks: ['resize'],
    },
  ],
};

export const runbookText = (level: string) => `
apiVersion: runbook/v1
id: resize
title: Resize a thing
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
params:
  name: { type: string, label: Which?, required: true }
steps:
  - id: now
    kind: check
    title: How large is \${{ params.name }}?
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    capture: { keep: [size] }
    verdict:
      - if: out.size > 5
        is: bad
        says: Too large (\${{ out.size }}).
        next: stop
      - else: ok
        says: It is \${{ out.size }}.
  - id: grow
    kind: act
    title: Resize \${{ params.name }} to 3
    uses: t.resize
    with: { name: "\${{ params.name }}", size: 3 }
    timeout: 5s
    confirm: { level: ${level}${level === 'two-person' ? ', from: ["group:dba"]' : level === 'type' ? ', phrase: disk' : ''} }
    locks: ["\${{ incident.namespace }}/thing/\${{ params.name }}"]
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves:
      temporary: \${{ params.name }} has size \${{ steps.grow.plan.after }} instead of \${{ steps.grow.plan.before }}
      until: incident-close
      probe: { uses: t.size, with: { name: "\${{ params.name }}" }, gone: out.size == steps.grow.plan.before }
`;

export const plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk', uid: 'u1' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: ['An autoscaler may put it back <!channel>'],
  unknowns: ['How long it takes'],
  undo: { name: 'disk', size: 1 },
};
