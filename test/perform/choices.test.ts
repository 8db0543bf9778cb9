// What a form offers for kinds of parameters that no cluster has to be asked for.
import { expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { choicesFor } from '../../src/perform/choices.ts';
import type { Worker } from '../../src/perform/worker.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import type { Param } from '../../src/runbooks/runbook.ts';

const worker = {
  reach: {
    catalog: {
      systems: [
        {
          namespace: 'prod',
          databases: [
            { kind: 'patroni', statefulset: 'pg', databases: ['app', 'reports'] },
            { kind: 'patroni', statefulset: 'other', databases: ['other', 'app'] },
          ],
        },
        { namespace: 'test', databases: [{ kind: 'postgres', databases: ['elsewhere'] }] },
      ],
    },
  },
  log: { debug: () => undefined },
} as unknown as Worker;
const database: Param = { type: 'postgres/database', label: 'Database', required: true };
const names = async (where: { namespace: string; targets?: readonly string[] }) =>
  (await choicesFor(worker, database, where, undefined)).map(({ value }) => value);

it('databases are those of the catalogue: of the confirmed targets, else of the namespace', async () => {
  expect(await names({ namespace: 'prod', targets: ['pg'] })).toEqual(['app', 'reports']);
  expect(await names({ namespace: 'prod' })).toEqual(['app', 'reports', 'other']);
  expect(await names({ namespace: 'prod', targets: ['unknown'] })).toEqual(['app', 'reports', 'other']);
  expect(await names({ namespace: 'nowhere' })).toEqual([]);
});

it('members are asked of Patroni, also where the file does not say how', () => {
  const text = `
apiVersion: runbook/v1
id: one
title: One
summary: Looks.
owner: "@ops"
reviewed: 2026-11-20
params:
  member: { type: patroni/member, label: Which member?, required: true }
steps:
  - id: look
    kind: check
    title: Look
    uses: k8s.replicas
    with: { workload: "\${{ params.member }}" }
    timeout: 5s
    verdict: [{ else: ok, says: Seen. }]
`;
  const { runbook, problems } = parseRunbook(text, 'one.yaml', register);
  expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
  expect(runbook?.params['member']?.from).toMatchObject({ uses: 'patroni.members' });
});
