// The contract: lists, pages, selectors and watches.

import { Watch } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { ask, clients, MERGE } from './asking.ts';
import type { Subject } from './subjects.ts';
import { CORE } from './workloads.ts';

export function watching(cluster: () => Subject): void {
  describe('lists and watches', () => {
    const maps = `${CORE}/configmaps`;
    const make = (name: string, labels: Record<string, string>) =>
      ask(cluster().config, 'POST', maps, { metadata: { name, labels }, data: { a: name } });

    it('lists by label and name, in pages', async () => {
      for (const [name, tier] of [
        ['l1', 'a'],
        ['l2', 'b'],
        ['l3', 'c'],
        ['l4', 'a'],
      ] as const) {
        expect((await make(name, { list: 'yes', tier })).code).toBe(201);
      }
      const names = async (query: string) =>
        (
          (await ask(cluster().config, 'GET', `${maps}?${query}`)).body.items as {
            metadata: { name: string };
          }[]
        ).map((one) => one.metadata.name);
      expect(await names('labelSelector=list=yes,tier=a')).toEqual(['l1', 'l4']);
      expect(await names(`labelSelector=${encodeURIComponent('list,tier in (b,c)')}`)).toEqual(['l2', 'l3']);
      expect(await names(`labelSelector=${encodeURIComponent('list=yes,tier notin (b,c),tier!=x')}`)).toEqual(
        ['l1', 'l4'],
      );
      expect(await names('fieldSelector=metadata.name=l2')).toEqual(['l2']);
      const page = await ask(cluster().config, 'GET', `${maps}?labelSelector=list=yes&limit=3`);
      expect(page.body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
      expect(page.body.items[0]).not.toHaveProperty('kind');
      const { continue: token, resourceVersion } = page.body.metadata;
      const rest = await ask(
        cluster().config,
        'GET',
        `${maps}?labelSelector=list=yes&limit=3&continue=${token}`,
      );
      expect(rest.body.items).toHaveLength(1);
      expect(rest.body.metadata.resourceVersion).toBe(resourceVersion);
      expect(rest.body.metadata.continue).toBeUndefined();
    });

    it('a watch from a list sees every change, with selectors as what comes and goes', async () => {
      const { core, config } = clients(cluster().config);
      const { metadata } = await core.listNamespacedConfigMap({ namespace: 'default' });
      const seen: string[] = [];
      const watch = await new Watch(config).watch(
        maps,
        { resourceVersion: metadata?.resourceVersion, labelSelector: 'watched=yes' },
        (type: string, object: { metadata: { name: string } }) =>
          seen.push(`${type} ${object.metadata.name}`),
        () => {},
      );
      await make('w1', { watched: 'yes' });
      await make('w2', { watched: 'no' });
      await ask(config, 'PATCH', `${maps}/w1`, { data: { a: 'x' } }, MERGE);
      await ask(config, 'PATCH', `${maps}/w2`, { metadata: { labels: { watched: 'yes' } } }, MERGE);
      await ask(config, 'PATCH', `${maps}/w1`, { metadata: { labels: { watched: 'no' } } }, MERGE);
      await ask(config, 'DELETE', `${maps}/w2`);
      await waitUntil('all is seen', () => seen.length >= 5, { seconds: 20 });
      watch.abort();
      expect(seen).toEqual(['ADDED w1', 'MODIFIED w1', 'ADDED w2', 'DELETED w1', 'DELETED w2']);
    });

    it('a watch without a version begins with what is there, and ends when it is asked to', async () => {
      const { code, body } = await ask(
        cluster().config,
        'GET',
        `${maps}?watch=true&labelSelector=list=yes&timeoutSeconds=1`,
      );
      expect(code).toBe(200);
      const lines = String(body)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const seen = lines.map((line) => `${line.type} ${line.object.kind} ${line.object.metadata.name}`);
      expect(new Set(seen)).toEqual(
        new Set(['l1', 'l2', 'l3', 'l4'].map((name) => `ADDED ConfigMap ${name}`)),
      );
    });
  });
}
