/** What every action of the register must have and keep to. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Action, ChangingAction } from '../../src/actions/action.ts';
import { ActionFailed } from '../../src/actions/action.ts';
import { foresee } from '../../src/actions/foreseen.ts';
import { actionNamed, actions, register } from '../../src/actions/index.ts';
import type { Arguments } from '../../src/runbooks/runbook.ts';
import { CATALOGUED, EXAMPLES } from './examples.ts';
import { callFor } from './kubernetes/call.ts';

/** Families that ask no cluster: they need no right there, and no kubectl does by hand what they do. */
const outside = (action: Action) => !/^(k8s|patroni|postgres|backup|image)\./.test(action.name);

const example = (action: Action) => EXAMPLES[action.name]?.[0] ?? {};

describe('the register', () => {
  it('has each name once, and finds it', () => {
    expect(new Set(actions.map((action) => action.name)).size).toBe(actions.length);
    for (const action of actions) {
      expect(actionNamed(action.name)).toBe(action);
      expect(register(action.name)).toBe(action);
    }
    expect(register('k8s.nothing')).toBeUndefined();
  });
  it('has an example for each, and none for others', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(actions.map((action) => action.name).sort());
  });
});

describe.each(actions.map((action) => [action.name, action] as const))('%s', (_name, action) => {
  it('is named by family and verb, and has a version', () => {
    if (action.name !== 'wait') expect(action.name).toMatch(/^[a-z0-9]+\.[a-z]+(-[a-z]+)*$/);
    expect(action.version).toBeGreaterThanOrEqual(1);
  });

  it('has shapes that expressions can be typed by: no null, no open objects', () => {
    for (const shape of [action.output, ...(action.planValues ? [action.planValues] : [])]) {
      const written = JSON.stringify(z.toJSONSchema(shape));
      expect(written).not.toContain('"null"');
      expect(Object.keys(shape.shape).length).toBeGreaterThan(0);
      for (const name of Object.keys(shape.shape)) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    }
    for (const params of EXAMPLES[action.name] ?? [])
      expect(action.params.safeParse(params).error).toBeUndefined();
  });

  it('names as sensitive only what it gives', () => {
    for (const name of action.sensitive) expect(Object.keys(action.output.shape)).toContain(name);
  });

  it('says how it is done by hand, whatever is known yet', () => {
    for (const params of [{}, example(action)]) {
      const lines = action.byHand(params, 'prod');
      expect(lines.length).toBeGreaterThan(0);
      if (!outside(action)) expect(lines.join('\n')).toMatch(/-n prod\b/);
      expect(lines.join('\n')).not.toMatch(/undefined|\[object|NaN/);
    }
    for (const key of ['pod', 'workload', 'statefulset', 'service', 'path']) {
      const value = example(action)[key];
      if (value !== undefined) expect(action.byHand(example(action), 'prod').join('\n')).toContain(value);
    }
  });

  it('quotes in these commands what a shell would run', () => {
    const hostile = ["x'; touch never; '", "/x'; touch never; '", '$(touch never)'];
    for (const text of hostile) {
      const accepted = Object.entries(action.params.shape)
        .filter(([, shape]) => (shape as z.ZodType).safeParse(text).success)
        .map(([key]) => [key, text]);
      const lines = action.byHand(Object.fromEntries(accepted), 'prod').join('\n');
      // Nothing outside quotes: what is left after taking quoted words away holds none of it.
      expect(lines.replaceAll("'\\''", '').replace(/'[^']*'/g, '')).not.toContain('touch');
    }
  });

  it('declares rights that fit what it does', () => {
    if (outside(action)) expect(action.rights).toEqual({ kubernetes: [], postgres: [] });
    else expect(action.rights.kubernetes.length).toBeGreaterThan(0);
    for (const right of action.rights.kubernetes) {
      expect(right.verbs.length).toBeGreaterThan(0);
      if (right.scope === 'cluster') expect(right.optional).toBe(true);
      // Commands and ports inside a pod are opened with `create`, and so is a question to the API server what somebody
      // may do; everything else that reads only reads.
      const reads = [
        'get',
        'list',
        'watch',
        ...(/^(pods\/(exec|portforward)|localsubjectaccessreviews)$/.test(right.resource) ? ['create'] : []),
      ];
      if (!action.changes) expect(reads).toEqual(expect.arrayContaining([...right.verbs]));
    }
    const keys = action.rights.kubernetes.flatMap((right) =>
      right.verbs.map((verb) => `${right.scope ?? 'namespace'} ${verb} ${right.group}/${right.resource}`),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('needs no more when more is known of a call', () => {
    // Nothing is known: every right is needed, of any object or of what the catalogue names.
    const databases = [CATALOGUED];
    const open = foresee(
      action.params,
      Object.fromEntries(Object.keys(action.params.shape).map((name) => [name, '${{ params.any }}'])),
      databases,
    );
    for (const right of action.rights.kubernetes) {
      const widest = right.needed?.(open) ?? 'any';
      expect(widest, `${right.verbs.join(',')} ${right.resource}`).not.toBe('none');
      for (const params of EXAMPLES[action.name] ?? []) {
        const narrow = right.needed?.(foresee(action.params, params as Arguments, databases)) ?? 'any';
        if (typeof widest === 'string' || typeof narrow === 'string') {
          expect(widest === 'any' || narrow === 'none').toBe(true);
          continue;
        }
        expect(widest).toEqual(expect.arrayContaining([...narrow]));
      }
    }
  });

  if (action.changes) {
    it('has a plan, a guard and a look for its own trace', () => {
      expect(Object.keys(action.planValues.shape).length).toBeGreaterThan(0);
      expect(action.guard.length).toBeGreaterThan(3);
      expect(typeof action.plan).toBe('function');
      expect(typeof action.happened).toBe('function');
    });
  }
});

describe('with a server that accepts and never answers', () => {
  let folder: string;
  let kubeconfig: string;
  /** For what is asked beside the cluster. */
  let instead: Readonly<Record<string, Record<string, unknown>>>;
  let received = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received += data.length;
    });
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    folder = await mkdtemp(join(tmpdir(), 'handrail-frozen-'));
    kubeconfig = join(folder, 'kubeconfig.yaml');
    const { port } = server.address() as AddressInfo;
    instead = { 'http.check': { url: `http://127.0.0.1:${port}/` } };
    await writeFile(
      kubeconfig,
      JSON.stringify({
        clusters: [
          { name: 'c', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
        ],
        users: [{ name: 'u', user: { token: 'planted-token' } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  it.each(actions.map((action) => [action.name, action] as const))(
    '%s ends at its timeout, in words',
    async (_name, action) => {
      const params = instead[action.name] ?? example(action);
      const call = callFor(action, { kubeconfig, namespace: 'prod', timeoutMs: 300 }, params);
      const asked = action.changes
        ? (action as ChangingAction<Record<string, unknown>>).plan(call)
        : action.run(call as never);
      const error: unknown = await asked.then(
        // One whose every place is optional may answer; it then says what it could not see.
        // `wait` asks nobody.
        (out) =>
          action.name === 'wait' || JSON.stringify(out).includes('unknowns')
            ? undefined
            : new Error('it answered'),
        (thrown: unknown) => thrown,
      );
      if (error === undefined) return;
      expect(error).toBeInstanceOf(ActionFailed);
      expect((error as ActionFailed).says).toMatch(/[a-z].*\w/);
      expect((error as ActionFailed).says).not.toContain('planted-token');
    },
  );

  const changing = actions.filter((action) => action.changes);
  it.each(changing.map((action) => [action.name, action] as const))(
    '%s does nothing without a plan',
    async (_name, action) => {
      const before = received;
      const call = callFor(action, { kubeconfig, namespace: 'prod', timeoutMs: 300 }, example(action));
      await expect(action.run({ ...call, stillOurs: async () => true } as never)).rejects.toThrow();
      expect(received).toBe(before);
    },
  );
});
