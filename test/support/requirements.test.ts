// What the tests say about real systems that are not there.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { look, nothingMaySkip } from './requirements.ts';

it('names what is missing and what to do', () => {
  expect(look('redis', { PATH: '/nowhere' })).toEqual({
    available: false,
    reason: 'no redis-server (npm run setup:tests)',
  });
  expect(look('controlPlane', { PATH: '/nowhere', KUBEBUILDER_ASSETS: '/nowhere' })).toMatchObject({
    available: false,
    reason: expect.stringContaining(
      'no kube-apiserver, kube-controller-manager, kube-scheduler, etcd, openssl',
    ),
  });
});

it('finds programs in PATH', () => {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-path-'));
  writeFileSync(join(folder, 'redis-server'), '', { mode: 0o755 });
  expect(look('redis', { PATH: `/nowhere:${folder}` })).toEqual({
    available: true,
    programs: { 'redis-server': join(folder, 'redis-server') },
  });
  rmSync(folder, { recursive: true });
});

it('lets nothing be skipped on CI', () => {
  expect(nothingMaySkip({ CI: 'true' })).toBe(true);
  expect(nothingMaySkip({ HANDRAIL_CI: '1' })).toBe(true);
  expect(nothingMaySkip({})).toBe(false);
});
