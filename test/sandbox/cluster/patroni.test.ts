// The played Patroni against what was recorded from a real one (codes per path, bodies, who may lead).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Patroni } from '../../../sandbox/cluster/databases/patroni.ts';
import { listing, own } from '../../../src/actions/patroni/rest-shapes.ts';

const running = new Set<string>(['db-0', 'db-1', 'db-2']);
const look = (patroni: Patroni) =>
  patroni.look((name) => (running.has(name) ? `10.0.0.${name.at(-1)}` : undefined));
const cluster = new Patroni({
  scope: 'db',
  version: '3.0.2',
  serverVersion: 180_000,
  members: [
    { name: 'db-0', position: 500_000_000 },
    { name: 'db-1', position: 400_000_000 },
    { name: 'db-2', position: 450_000_000 },
  ],
  timeline: 4,
  systemIdentifier: '7710281048170509835',
  now: () => new Date(),
});

const ask = async (member: string, path: string, options: RequestInit = {}) => {
  const response = await fetch(`http://127.0.0.1:${cluster.port(member)}${path}`, options);
  const text = await response.text();
  return { code: response.status, text, json: () => JSON.parse(text) as unknown };
};
const codes = async (member: string) =>
  Object.fromEntries(
    await Promise.all(
      [
        '/',
        '/leader',
        '/primary',
        '/master',
        '/replica',
        '/async',
        '/read-only',
        '/standby-leader',
        '/sync',
        '/health',
        '/liveness',
        '/readiness',
        '/patroni',
        '/cluster',
        '/history',
        '/config',
      ].map(async (path) => [path, (await ask(member, path)).code] as const),
    ),
  );

beforeAll(async () => {
  await cluster.open();
  cluster.begin('db-0');
  look(cluster);
  await cluster.listening();
});
afterAll(async () => {
  await cluster.close();
});

describe('the played Patroni', () => {
  const always = {
    '/read-only': 200,
    '/standby-leader': 503,
    '/sync': 503,
    '/health': 200,
    '/liveness': 200,
    '/readiness': 200,
    '/patroni': 200,
    '/cluster': 200,
    '/history': 200,
    '/config': 200,
  };
  it('answers as recorded: leader, replica', async () => {
    expect(await codes('db-0')).toEqual({
      ...always,
      '/': 200,
      '/leader': 200,
      '/primary': 200,
      '/master': 200,
      '/replica': 503,
      '/async': 503,
    });
    expect(await codes('db-1')).toEqual({
      ...always,
      '/': 503,
      '/leader': 503,
      '/primary': 503,
      '/master': 503,
      '/replica': 200,
      '/async': 200,
    });
    expect(own.parse((await ask('db-0', '/patroni')).json())).toMatchObject({
      state: 'running',
      role: 'master',
      timeline: 4,
    });
    const listed = listing.parse((await ask('db-1', '/cluster')).json()).members;
    expect(listed.map((one) => [one.name, one.role, 'lag' in one])).toEqual([
      ['db-0', 'leader', false],
      ['db-1', 'replica', true],
      ['db-2', 'replica', true],
    ]);
  });

  it('refuses commands without a login, in plain words', async () => {
    expect(await ask('db-0', '/switchover', { method: 'POST', body: '{}' })).toMatchObject({
      code: 401,
      text: 'no auth header received',
    });
    const headers = { authorization: 'Basic eDp5' };
    const wrong = { method: 'POST', headers, body: JSON.stringify({ leader: 'db-1' }) };
    expect(await ask('db-0', '/switchover', wrong)).toMatchObject({
      code: 412,
      text: 'leader name does not match',
    });
  });

  it('is led by a follower that had everything, when the leader is gone', () => {
    running.clear();
    running.add('db-1');
    look(cluster);
    expect(cluster.port('db-0')).toBeUndefined();
    expect(cluster.leader).toBe('db-1');
  });
});

describe('a member whose container is gone', () => {
  let time = Date.parse('2026-11-21T08:00:00Z');
  const up = new Set(['db-0', 'db-1']);
  const played = new Patroni({
    scope: 'db',
    version: '3.0.2',
    serverVersion: 180_000,
    members: [
      { name: 'db-0', position: 500_000_000 },
      { name: 'db-1', position: 400_000_000 },
    ],
    timeline: 4,
    systemIdentifier: '1',
    now: () => new Date(time),
  });
  const look = () => played.look((name) => (up.has(name) ? '10.0.0.1' : undefined));
  /** db-0 goes, and db-1 is too far behind to be promoted. */
  const loseLeader = () => {
    up.delete('db-0');
    played.place('db-1', 400_000_000);
    look();
    expect(played.leader).toBeUndefined();
  };
  const listed = async () => {
    const answer = await fetch(`http://127.0.0.1:${played.port('db-1')}/cluster`);
    return listing.parse(await answer.json()).members.map((one) => `${one.name} ${one.role} ${one.state}`);
  };
  beforeAll(async () => {
    await played.open();
    played.begin('db-0');
    look();
    await played.listening();
  });
  afterAll(() => played.close());

  it('refuses the connection at once, stays listed as it was, and vanishes after the TTL', async () => {
    const port = played.port('db-0');
    const patroni = () => fetch(`http://127.0.0.1:${port}/patroni`);
    expect((await patroni()).status).toBe(200);
    loseLeader();
    await expect(patroni()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    time += 29_000;
    expect(await listed()).toEqual(['db-0 leader running', 'db-1 replica running']);
    time += 2000;
    expect(await listed()).toEqual(['db-1 replica running']);
    up.add('db-0');
    look();
    expect(played.leader).toBe('db-0');
    await played.listening();
    expect((await fetch(`http://127.0.0.1:${played.port('db-0')}/leader`)).status).toBe(200);
  });

  it('that was gone for long when the world begins is not listed', async () => {
    loseLeader();
    expect(await listed()).toHaveLength(2);
    played.longAgo();
    expect(await listed()).toEqual(['db-1 replica running']);
  });
});

describe('a member that lags', () => {
  it('does not lead; the one that is ahead does, and the others follow it', async () => {
    const late = new Patroni({
      scope: 'db',
      version: '3.0.2',
      serverVersion: 180_000,
      members: [
        { name: 'db-0', position: 500_000_000 },
        { name: 'db-1', position: 400_000_000 },
      ],
      timeline: 4,
      systemIdentifier: '1',
      now: () => new Date(),
    });
    await late.open();
    const up = (names: string[]) => late.look((name) => (names.includes(name) ? '10.0.0.1' : undefined));
    up(['db-1']);
    await late.listening();
    expect(late.leader).toBeUndefined();
    const lonely = await fetch(`http://127.0.0.1:${late.port('db-1')}/patroni`).then((answer) =>
      answer.json(),
    );
    expect(lonely).toMatchObject({ role: 'replica', cluster_unlocked: true });
    expect((await fetch(`http://127.0.0.1:${late.port('db-1')}/readiness`)).status).toBe(200);
    up(['db-0', 'db-1']);
    await late.listening();
    expect(late.leader).toBe('db-0');
    const { members } = listing.parse(
      await fetch(`http://127.0.0.1:${late.port('db-1')}/cluster`).then((answer) => answer.json()),
    );
    expect(members).toEqual([
      expect.objectContaining({ name: 'db-0', role: 'leader', timeline: 5 }),
      expect.objectContaining({ name: 'db-1', role: 'replica', timeline: 5, lag: 0 }),
    ]);
    await late.close();
  });
});
