/** What a container is told, resolved as the kubelet does it. */
import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../../src/actions/kubernetes/environment.ts';
import { environmentOf } from '../../../src/actions/kubernetes/environment.ts';

const sources: Record<string, Source> = {
  'ConfigMap/app': { data: { DB_HOST: 'from-map', LEVEL: 'info', 'app.yaml': 'database:\n  host: filed\n' } },
  'Secret/db': { data: { url: 'postgres://u:p@h/d', host: 'secret-host' } },
  'Secret/closed': 'denied',
};
const read = async (kind: string, name: string): Promise<Source> => sources[`${kind}/${name}`] ?? 'missing';

async function of(container: Partial<V1Container>, pod: Partial<V1PodSpec> = {}) {
  const whole = { name: 'web', ...container };
  const found = await environmentOf({ containers: [whole], ...pod }, whole, 'prod', read);
  return {
    ...found,
    values: Object.fromEntries(found.settings.map((s) => [s.name, s.value])),
    where: Object.fromEntries(found.settings.map((s) => [s.name, s.where])),
  };
}

describe('environmentOf', () => {
  it('reads envFrom with a prefix, and env over it', async () => {
    const { values, where } = await of({
      envFrom: [{ configMapRef: { name: 'app' } }, { prefix: 'S_', secretRef: { name: 'db' } }],
      env: [{ name: 'LEVEL', value: 'debug' }],
    });
    expect(values).toMatchObject({ DB_HOST: 'from-map', LEVEL: 'debug', S_host: 'secret-host' });
    expect(where['DB_HOST']).toBe('env DB_HOST from ConfigMap app');
  });
  it('names Secret and key', async () => {
    const { values, where } = await of({
      env: [{ name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'db', key: 'url' } } }],
    });
    expect(values['DATABASE_URL']).toBe('postgres://u:p@h/d');
    expect(where['DATABASE_URL']).toBe('env DATABASE_URL from Secret db key url');
  });
  it('expands $(NAME) from what is defined before, and leaves the rest', async () => {
    const { values } = await of({
      env: [
        { name: 'EARLY', value: '$(LATE)' },
        { name: 'HOST', valueFrom: { secretKeyRef: { name: 'db', key: 'host' } } },
        { name: 'LATE', value: 'postgres://$(HOST)/web $$(HOST) $(NOBODY)' },
      ],
    });
    expect(values).toMatchObject({ EARLY: '$(LATE)', LATE: 'postgres://secret-host/web $(HOST) $(NOBODY)' });
  });
  it('says what may not be read, and whether a database may hide there', async () => {
    const { unknowns } = await of({
      envFrom: [{ secretRef: { name: 'closed' } }, { secretRef: { name: 'gone', optional: true } }],
      env: [
        { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'closed', key: 'url' } } },
        { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'closed', key: 'p' } } },
        { name: 'MAIL', valueFrom: { configMapKeyRef: { name: 'gone', key: 'm' } } },
      ],
    });
    expect(unknowns).toEqual([
      { words: 'no right to read Secret closed', matters: true },
      { words: 'no right to read Secret closed (env DATABASE_URL)', matters: true },
      { words: 'no right to read Secret closed (env DB_PASSWORD)', matters: false },
      { words: 'ConfigMap gone has no key m (env MAIL)', matters: false },
    ]);
  });
  it('follows a variable to a mounted file, through items and subPath', async () => {
    const mounts = {
      volumes: [
        { name: 'conf', configMap: { name: 'app', items: [{ key: 'app.yaml', path: 'conf/main.yaml' }] } },
        { name: 'db', secret: { secretName: 'db' } },
      ],
    };
    const { settings } = await of(
      {
        env: [
          { name: 'APP_CONFIG', value: '/etc/app/conf/main.yaml' },
          { name: 'DATABASE_URL_FILE', value: '/run/url' },
          { name: 'DB_HOST_FILE', value: '/elsewhere/host' },
        ],
        volumeMounts: [
          { name: 'conf', mountPath: '/etc/app' },
          { name: 'db', mountPath: '/run/url', subPath: 'url' },
        ],
      },
      mounts,
    );
    expect(settings).toContainEqual({
      name: 'database.host',
      value: 'filed',
      where:
        'file /etc/app/conf/main.yaml from ConfigMap app key app.yaml (env APP_CONFIG), setting database.host',
    });
    expect(settings).toContainEqual({
      name: 'DATABASE_URL',
      value: 'postgres://u:p@h/d',
      where: 'file /run/url from Secret db key url (env DATABASE_URL_FILE)',
    });
  });
  it('tells of a file that only the container can show', async () => {
    const { unknowns } = await of({ env: [{ name: 'DB_HOST_FILE', value: '/elsewhere/host' }] });
    expect(unknowns.map((u) => u.words)).toEqual([
      'env DB_HOST_FILE points to /elsewhere/host, which only the container itself can show',
    ]);
  });
  it('reads arguments, by position: an option may hold a secret in its name', async () => {
    const { settings } = await of({ args: ['serve', '--db-host=a', '-psecret', 'postgres://u:p@b/c'] });
    expect(settings.find((s) => s.name === 'db-host')).toMatchObject({
      value: 'a',
      where: 'argument 2 of container web',
    });
    expect(settings.map((s) => s.where).join()).not.toContain('secret');
  });
});
