// What `handrail rbac` prints is enough and not too much, on a real kube-apiserver with RBAC: applied with kubectl as it
// is printed, used by the account that it names, and judged by what the API server's own audit log says.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Action, ActionFailed } from '../../src/actions/action.ts';
import { actionNamed, actions, register } from '../../src/actions/index.ts';
import { captured } from '../../src/actions/kubernetes/capture.ts';
import type { KubeObject } from '../../src/actions/kubernetes/objects.ts';
import { neededRights } from '../../src/actions/needed-rights.ts';
import type { Reach } from '../../src/actions/reach.ts';
import { Seen } from '../../src/actions/redact/seen.ts';
import type { Database, System } from '../../src/catalog/catalog.ts';
import { printRights } from '../../src/cli/rbac.ts';
import { rbacManifest } from '../../src/cli/rbac-manifest.ts';
import { readRunbookFolder } from '../../src/config/runbook-folder.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { choicesFor } from '../../src/perform/choices.ts';
import type { Worker } from '../../src/perform/worker.ts';
import { languageOf } from '../../src/runbooks/language.ts';
import { loadLibrary } from '../../src/runbooks/library.ts';
import { type Reached, reachedFrom } from '../../src/runbooks/rights.ts';
import type { Arguments, Json, Runbook } from '../../src/runbooks/runbook.ts';
import { CATALOGUED, EXAMPLES } from '../actions/examples.ts';
import { callFor, reachOf } from '../actions/kubernetes/call.ts';
import { allKinds } from '../actions/kubernetes/example-manifests.ts';
import { renew, turnsOf } from '../actions/kubernetes/renew.ts';
import { fillWorld } from '../actions/kubernetes/rights-world.ts';
import type { ControlPlane } from '../support/control-plane/control-plane.ts';
import { startControlPlane } from '../support/control-plane/control-plane.ts';
import { describeWith } from '../support/requirements.ts';
import { inProject } from '../support/terminal-world.ts';
import type { Asked } from './audit.ts';
import { type Account, accountFrom } from './rbac-proof.ts';

interface OneCall {
  readonly words: string;
  make(account: Account): Promise<unknown>;
}

const databases: readonly Database[] = [
  {
    ...CATALOGUED,
    statefulset: 'db',
    backups: [...CATALOGUED.backups, { kind: 'cronjob', name: 'weekly', pod: 'db-0', path: '/nowhere' }],
  },
];
const systemWith = (all: readonly Database[]): System => ({
  id: 'web',
  title: 'Web',
  namespace: 'default',
  workloads: ['web'],
  databases: all,
  docs: [],
  dependencies: [],
  contacts: [],
  runbooks: [],
});

/** What a deletion or a stop keeps of an object. */
const keptOf = (kind: string) =>
  captured(
    parseAllDocuments(allKinds('applied'))
      .map((one) => one.toJS() as KubeObject | null)
      .find((one) => one?.kind === kind) as KubeObject,
  );

/** What a person, an earlier step or a plan may have put where the text has a place, by the argument's name. */
const SEEN_LATER: Readonly<Record<string, readonly Json[]>> = {
  workload: ['web', 'db', 'shop'],
  service: ['keeps-endpoints'],
  statefulset: ['db'],
  pod: ['db-0'],
  container: ['side', 'main'],
  subject: ['jane'],
  can: [['get pods']],
  role: ['view'],
  hours: [2],
  binding: ['given'],
  service_account: ['puller'],
  secret: ['registry'],
  seconds: [5],
  probe: ['readiness'],
  kind: ['deployment', 'statefulset', 'deploymentconfig'],
  member: ['db-0'],
  image: ['127.0.0.1:1/team/app:1', 'image-registry.openshift-image-registry.svc:5000/default/app:1'],
  postgres_major: ['15'],
  claim: ['data-db-0'],
  candidate: ['db-0'],
  leader: ['db-1'],
  database: ['web'],
  path: ['/nowhere/incident-7.dump'],
  replicas: [1],
  partition: [0],
  expect: [{ replicas: 1 }],
  name: ['applied'],
  capture: [keptOf('Deployment'), keptOf('StatefulSet')],
  sessions: [['4711 since 2020-12-11T13:24:00.123456Z']],
};

/** Every way in which the text's places may turn out: each value, and left out where the action lets it. */
function variants(action: Action, written: Arguments): Record<string, Json>[] {
  let all: Record<string, Json>[] = [{}];
  for (const [name, value] of Object.entries(written)) {
    const open = JSON.stringify(value).includes('${{');
    const values = open ? (SEEN_LATER[name] ?? []) : [value];
    expect(values, `a value for ${name}`).not.toEqual([]);
    const more = all.flatMap((one) => values.map((each) => ({ ...one, [name]: each })));
    all = open && action.params.safeParse(all[0]).success ? [...all, ...more] : more;
  }
  return all.filter((one) => isInTheWorld(one) && action.params.safeParse(one).success);
}

/** The one DeploymentConfig of the world is shop, and shop is nothing else. */
function isInTheWorld({ workload, kind }: Record<string, Json>): boolean {
  return (workload === 'shop') === (kind === 'deploymentconfig');
}

/** As the bot makes it: a reading action runs, a changing one is planned, made and looked for. */
async function perform(action: Action, account: Account, params: Record<string, Json>, catalog: Database[]) {
  let last: unknown;
  for (const turn of turnsOf(action.name)) {
    await renew(account.admin, turn);
    last = await performOnce(action, account, params, catalog);
  }
  return last;
}

async function performOnce(
  action: Action,
  account: Account,
  params: Record<string, Json>,
  catalog: Database[],
) {
  const reach: Reach = {
    ...reachOf(account.kubeconfig),
    catalog: { systems: [systemWith(catalog)] },
    secret: () => 'a password',
  };
  const caller = { kubeconfig: account.kubeconfig, namespace: 'default' };
  const call = { ...callFor(action, caller, params), reach, seen: new Seen() };
  try {
    if (!action.changes) return await (action as { run(call: unknown): Promise<unknown> }).run(call);
    const changing = action as unknown as Record<
      'plan' | 'run' | 'happened',
      (call: unknown) => Promise<unknown>
    >;
    const plan = await changing.plan(call);
    const more = { ...call, plan, stillOurs: async () => true };
    await changing.run(more);
    const happened = await changing.happened(more);
    // A number of replicas is put back: the next call expects what this one found.
    const { undo } = plan as Plan;
    if (action.name === 'k8s.scale' && undo) {
      const back = { ...callFor(action, caller, undo), reach };
      await changing.run({ ...back, plan: await changing.plan(back), stillOurs: async () => true });
    }
    return happened;
  } catch (error) {
    // A pod here has no PostgreSQL and a Service no cluster behind it: what counts is what was asked, and allowed.
    if (error instanceof ActionFailed) return error.says;
    throw error;
  }
}

/** The same below a pod as newer API servers check it: a WebSocket is then not `get` but `create` (facts: kubernetes). */
async function asNewer(account: Account, asked: readonly { what: string; name: string }[]) {
  for (const { what, name } of asked) {
    const found = /^get \/pods\/(exec|portforward)$/.exec(what);
    if (found) await account.post(name, found[1] ?? '');
  }
}

/** All calls are allowed; then, with each verb of each rule taken away, one of them is refused. Gives what was asked. */
async function prove(account: Account, calls: readonly OneCall[]): Promise<Asked[]> {
  const all: Asked[] = [];
  const used = new Map<string, OneCall[]>();
  const uses = (what: string, call: OneCall) => used.set(what, [...(used.get(what) ?? []), call]);
  for (const call of calls) {
    const asked = await account.asked(() => call.make(account));
    const newer = await account.asked(() => asNewer(account, asked));
    const refused = [...asked, ...newer].filter(({ allowed }) => !allowed);
    expect(refused, call.words).toEqual([]);
    all.push(...asked, ...newer);
    for (const what of new Set(asked.map((one) => one.what))) uses(what, call);
    for (const { what } of newer) {
      if (used.has(what)) continue;
      uses(what, { words: `${call.words}, on a newer server`, make: () => asNewer(account, asked) });
    }
  }
  expect([...used.keys()].toSorted()).toEqual(
    [...new Set(account.entries.map(({ what }) => what))].toSorted(),
  );
  for (const entry of account.entries) {
    // What a namespace's rule gives, one for the whole cluster gives too.
    const wider = account.entries.find(
      (one) => one.what === entry.what && one.kind === 'ClusterRole' && one !== entry,
    );
    // Of the two the audit log tells the same: not every call that uses the one uses the other.
    const calls = used.get(entry.what) ?? [];
    let refused: string[] = [];
    for (const call of entry.kind === 'ClusterRole' ? calls : calls.slice(0, 1)) {
      const own = () => account.without(entry, () => account.asked(async () => call.make(account)));
      const asked = await (wider ? account.without(wider, own) : own());
      refused = asked.filter(({ allowed }) => !allowed).map(({ what }) => what);
      if (refused.includes(entry.what)) break;
    }
    expect(refused, `${calls[0]?.words} without the right to ${entry.what}`).toContain(entry.what);
  }
  return all;
}

function callOf(reached: Exclude<Reached, { kind: 'list' }>, catalog: Database[]): OneCall[] {
  const action = actionNamed(reached.uses);
  if (!action) throw new Error(`there is no ${reached.uses}`);
  return variants(action, reached.with).map((params) => ({
    words: `${reached.uses} ${JSON.stringify(params)} of ${reached.at.runbook}: ${reached.at.where}`,
    make: (account) => perform(action, account, params, catalog),
  }));
}

/** The choices of a runbook's parameters, as the form in Slack asks for them. */
function choicesOf(runbook: Runbook, catalog: Database[]): OneCall[] {
  const forms = runbook.steps.flatMap((step) => (step.kind === 'ask' ? Object.entries(step.form) : []));
  return [...Object.entries(runbook.params), ...forms].flatMap(([name, param]) =>
    [{}, { targets: ['db'] }].map((target) => ({
      words: `choices of ${runbook.id}: ${name}`,
      make: (account) => {
        const worker = {
          reach: { ...reachOf(account.kubeconfig), catalog: { systems: [systemWith(catalog)] } },
          action: actionNamed,
          now: () => new Date(),
          knows: { language: languageOf(register) },
          log: { debug: () => undefined },
        } as unknown as Worker;
        return choicesFor(worker, param, { namespace: 'default', ...target }, runbook);
      },
    })),
  );
}

describeWith(['controlPlane', 'kubectl'], 'handrail rbac on a real API server', () => {
  let plane: ControlPlane;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'handrail-rbac-'));
    plane = await startControlPlane({ audit: true });
    await plane.addKubelet({ name: 'node-a' });
    await fillWorld(plane.kubeconfig);
  });
  afterAll(async () => {
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const shipped = async () => {
    const { files } = await readRunbookFolder(inProject('runbooks'));
    return [...loadLibrary(files, register, '2026-11-20').runbooks.values()].map(({ runbook }) => runbook);
  };
  const printed = async (runbooks: readonly string[], account: string, all: readonly Database[]) => {
    const lines: string[] = [];
    const code = await printRights({
      config: { runbooksFolder: inProject('runbooks'), catalog: { systems: [systemWith(all)] } },
      values: { runbook: runbooks, 'service-account': `default/${account}` },
      print: (line) => lines.push(line),
      warn: () => undefined,
    });
    expect(code).toBe(0);
    return lines.join('\n');
  };
  const callsOf = (runbooks: readonly Runbook[], catalog: Database[]): OneCall[] =>
    runbooks.flatMap((runbook) => [
      ...choicesOf(runbook, catalog),
      ...reachedFrom(runbook).flatMap((one) => (one.kind === 'call' ? callOf(one, catalog) : [])),
    ]);

  it('gives all shipped runbooks what they need, and nothing else', { timeout: 480_000 }, async () => {
    const runbooks = await shipped();
    expect(runbooks.length).toBeGreaterThanOrEqual(5);
    const account = await accountFrom(plane, await printed([], 'all', databases));
    expect(account.entries.length).toBeGreaterThan(25);
    // What the bot looks at by itself at the start of every incident.
    const baseline = {
      words: 'the snapshot at the start',
      make: (own: Account) => perform(actionNamed('k8s.compare-baseline') as Action, own, {}, [...databases]),
    };
    await prove(account, [...callsOf(runbooks, [...databases]), baseline]);
  });

  describe('for one runbook alone', () => {
    it.each([
      'add-pull-secret',
      'check-patroni',
      'check-workload',
      'dump-db',
      'grant-access',
      'postgres-connection-surge',
      'raise-probe-timeout',
      'repair-by-hand',
      'restart-workload',
      'scale-utility-pod',
    ])('%s', { timeout: 180_000 }, async (id) => {
      const runbooks = (await shipped()).filter((one) => one.id === id);
      expect(runbooks).toHaveLength(1);
      const account = await accountFrom(plane, await printed([id], id, databases));
      await prove(account, callsOf(runbooks, [...databases]));
    });
  });

  describe('for one call whose arguments stand in the text', () => {
    const examples = actions.flatMap((action) =>
      (EXAMPLES[action.name] ?? []).map((example, at) => {
        // Of a name alone nobody knows before the call whether it is a Deployment's: db is not, so both are asked for.
        const eitherKind = 'workload' in example && action.params.parse(example)['kind'] === undefined;
        const params = eitherKind ? { ...example, workload: 'db' } : example;
        return [action.name, JSON.stringify(params), action, params, at] as const;
      }),
    );
    const once = [...new Map(examples.map((one) => [`${one[0]} ${one[1]}`, one])).values()];
    it.each(once)('%s %s', async (name, _words, action, params, at) => {
      const reached: Reached = {
        kind: 'call',
        at: { runbook: 'r', where: 'step s' },
        uses: name,
        with: params as Arguments,
      };
      const rights = neededRights([reached], actionNamed, databases);
      const account = { namespace: 'default', name: `${name.replace('.', '-')}-${at}` };
      const text = rbacManifest(account, [{ namespace: 'default', rights }], ['r']);
      const own = await accountFrom(plane, text);
      const asked = await prove(own, [
        { words: name, make: () => perform(action, own, params as Record<string, Json>, [...databases]) },
      ]);
      // An object that the text names may be asked for by its name only; RBAC knows none where one is created.
      const written = Object.values(params);
      // A Patroni action looks at every member, and for a store whose name is found out only then.
      const open = name.startsWith('patroni.') ? /pods\/|endpoints|configmaps/ : /^create [^/]*\/[^/]+$/;
      for (const { what, name: object } of asked.filter(
        (one) => written.includes(one.name) && !open.test(one.what),
      )) {
        expect(own.entries.find((entry) => entry.what === what)?.names, what).toContain(object);
      }
    });
  });

  it('holds names: another pod is not entered, whichever way the server checks it', async () => {
    const params = { pod: 'db-0', container: 'side', path: '/nowhere/incident-7.dump' };
    const reached: Reached = {
      kind: 'call',
      at: { runbook: 'r', where: 'step s' },
      uses: 'k8s.file-exists',
      with: params,
    };
    const rights = neededRights([reached], actionNamed, []);
    const text = rbacManifest(
      { namespace: 'default', name: 'one-pod' },
      [{ namespace: 'default', rights }],
      ['r'],
    );
    const account = await accountFrom(plane, text);
    expect(await account.post('db-0', 'exec')).not.toBe(403);
    expect(await account.post('web-abc-x', 'exec')).toBe(403);
    const action = actionNamed('k8s.file-exists') as Action;
    expect(await perform(action, account, params, [])).toEqual({ exists: false });
    expect(await perform(action, account, { ...params, pod: 'web-abc-x' }, [])).toMatch(
      /no right to get pods/,
    );
  });
});
