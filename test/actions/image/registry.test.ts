/** A real registry: open, with logins, with tokens; whole images, tags without images, lists for several platforms. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RegistryRefused } from '../../../src/actions/image/answers.ts';
import type { Login } from '../../../src/actions/image/login.ts';
import { lookAt } from '../../../src/actions/image/look.ts';
import { parseReference } from '../../../src/actions/image/reference.ts';
import { Registry } from '../../../src/actions/image/registry.ts';
import { type Pushed, type Pusher, pusher } from '../../support/registry/push.ts';
import { LOGIN, type RealRegistry, startRegistry } from '../../support/registry/real-registry.ts';
import { describeWith } from '../../support/requirements.ts';

const login: Login = { secret: 'puller', ...LOGIN };
const basic = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')}`;

function open(real: RealRegistry, name: string, with_?: Login) {
  const reference = parseReference(`${real.host}/${name}`);
  if (!reference) throw new Error(`no reference: ${name}`);
  const secrets: string[] = [];
  const registry = new Registry(reference, {
    login: with_,
    signal: AbortSignal.timeout(30_000),
    secret: (value) => secrets.push(value),
  });
  return { registry, reference, secrets };
}

async function look(real: RealRegistry, name: string, with_?: Login) {
  const { registry, reference } = open(real, name, with_);
  return await lookAt(registry, reference).catch((error: unknown) => {
    if (error instanceof RegistryRefused) return error.trouble;
    throw error;
  });
}

describeWith(['registry'], 'a real registry', () => {
  let real: RealRegistry;
  let push: Pusher;
  let good: Pushed;

  beforeAll(async () => {
    real = await startRegistry();
    push = pusher(real.host);
    good = await push.image('team/patroni', '2.0.1-12.4', {
      created: '2020-11-10T08:00:00Z',
      labels: { 'postgresql.version': '12.4' },
      env: ['PATRONI_VERSION=2.0.1'],
    });
  });
  afterAll(async () => {
    await real?.close();
  });

  it('has an image under its tag and its digest, with what it declares', async () => {
    const wanted = {
      digest: good.digest,
      created: '2020-11-10T08:00:00.000Z',
      platforms: ['linux/amd64'],
      declared: { postgres: '12.4', patroni: '2.0.1', by: 'environment' },
    };
    expect(await look(real, 'team/patroni:2.0.1-12.4')).toEqual(wanted);
    expect(await look(real, `team/patroni@${good.digest}`)).toEqual(wanted);
  });

  it('says which is missing: the tag or the repository', async () => {
    expect(await look(real, 'team/patroni:9')).toEqual({ kind: 'absent tag' });
    expect(await look(real, 'team/nothing:9')).toEqual({ kind: 'absent repository' });
    expect(await look(real, `team/patroni@sha256:${'0'.repeat(64)}`)).toEqual({ kind: 'absent tag' });
  });

  it('has a tag that is listed and has no manifest any more', async () => {
    const { digest } = await push.image('team/gone', 'v1');
    await push.image('team/gone', 'v2');
    const revisions = join(real.storage, 'docker/registry/v2/repositories/team/gone/_manifests/revisions');
    await rm(join(revisions, 'sha256', digest.slice(7)), { recursive: true });
    expect(await look(real, 'team/gone:v1')).toEqual({ kind: 'hollow', missing: 'its manifest' });
    expect(await look(real, 'team/gone:v2')).toMatchObject({ platforms: ['linux/amd64'] });
  });

  it('has a tag whose layer is gone: nothing could be started from it', async () => {
    const { layers } = await push.image('team/layers', 'v1');
    const removed = await fetch(`http://${real.host}/v2/team/layers/blobs/${layers[0]}`, {
      method: 'DELETE',
    });
    expect(removed.status).toBe(202);
    expect(await look(real, 'team/layers:v1')).toEqual({ kind: 'hollow', missing: 'layer 1 of 1' });
  });

  it('has a tag whose configuration is gone', async () => {
    const { config } = await push.image('team/config', 'v1');
    await fetch(`http://${real.host}/v2/team/config/blobs/${config}`, { method: 'DELETE' });
    expect(await look(real, 'team/config:v1')).toEqual({ kind: 'hollow', missing: 'its configuration' });
  });

  it('has a list for several platforms: ours is looked at, all are named', async () => {
    const arm = await push.image('team/both', undefined, {
      architecture: 'arm64',
      created: '2021-01-01T00:00:00Z',
    });
    const amd = await push.image('team/both', undefined, { created: '2022-02-02T00:00:00Z' });
    const digest = await push.index('team/both', 'v1', [
      { digest: arm.digest, architecture: 'arm64' },
      { digest: amd.digest, architecture: 'amd64' },
    ]);
    expect(await look(real, 'team/both:v1')).toEqual({
      digest,
      created: '2022-02-02T00:00:00.000Z',
      platforms: ['linux/arm64', 'linux/amd64'],
      declared: {},
    });
  });

  it('does not call the beginning of 1970 an age', async () => {
    await push.image('team/epoch', 'v1', { created: '1970-01-01T00:00:00Z' });
    expect(await look(real, 'team/epoch:v1')).not.toHaveProperty('created');
  });

  it('gives its tags, whatever their order', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const tag of names) await push.image('team/many', tag);
    const { registry } = open(real, 'team/many:a');
    const all = await registry.tags(100);
    expect({ ...all, tags: all.tags.toSorted() }).toEqual({ tags: names, more: false });
    const some = await registry.tags(3);
    expect(some).toMatchObject({ more: true, tags: { length: 3 } });
  });
});

describeWith(['registry'], 'a real registry with logins', () => {
  let real: RealRegistry;

  beforeAll(async () => {
    real = await startRegistry('basic');
    await pusher(real.host, async () => basic).image('team/app', 'v1');
  });
  afterAll(async () => {
    await real?.close();
  });

  it('lets the right one in, and tells none from a wrong one', async () => {
    expect(await look(real, 'team/app:v1', login)).toMatchObject({ platforms: ['linux/amd64'] });
    expect(await look(real, 'team/app:v1')).toEqual({ kind: 'needs login' });
    expect(await look(real, 'team/app:v1', { ...login, password: 'old' })).toEqual({ kind: 'login refused' });
  });

  it('has its password named as something that must not be shown', async () => {
    const { registry, secrets } = open(real, 'team/app:v1', login);
    await registry.manifest('v1');
    expect(secrets).toContain(LOGIN.password);
    expect(secrets).toContain(basic.slice(6));
  });
});

describeWith(['registry'], 'a real registry with tokens', () => {
  let real: RealRegistry;
  const token = async (repository: string): Promise<string> => {
    const challenge = await fetch(`http://${real.host}/v2/`);
    const realm = /realm="([^"]*)"/.exec(challenge.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    const url = `${realm}?service=${real.host}&scope=repository:${repository}:pull,push`;
    const given = (await (await fetch(url, { headers: { authorization: basic } })).json()) as {
      token: string;
    };
    return `Bearer ${given.token}`;
  };

  beforeAll(async () => {
    real = await startRegistry('token');
    const push = pusher(real.host, token);
    await push.image('team/app', 'v1');
    await push.image('other/app', 'v1');
    real.denied.add('other/app');
  });
  afterAll(async () => {
    await real?.close();
  });

  it('is asked with a token for this repository', async () => {
    expect(await look(real, 'team/app:v1', login)).toMatchObject({ platforms: ['linux/amd64'] });
  });
  it('is told apart: no login, a wrong one, one that may not see this', async () => {
    expect(await look(real, 'team/app:v1')).toEqual({ kind: 'needs login' });
    expect(await look(real, 'team/app:v1', { ...login, password: 'old' })).toEqual({ kind: 'login refused' });
    expect(await look(real, 'other/app:v1', login)).toEqual({ kind: 'login refused' });
  });
});
