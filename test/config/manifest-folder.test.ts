/** Manifests beside the runbooks: found by their path, and nothing outside the folder. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manifestsIn } from '../../src/config/manifest-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handrail-manifests-'));
  mkdirSync(join(folder, 'runbooks', 'manifests', 'postgres'), { recursive: true });
  writeFileSync(join(folder, 'runbooks', 'manifests', 'postgres', 'deployment.yaml'), 'kind: Deployment\n');
  writeFileSync(join(folder, 'secret.yaml'), 'kind: Secret\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads a file by its path', async () => {
  expect(await manifestsIn(join(folder, 'runbooks'))('postgres/deployment.yaml')).toBe('kind: Deployment\n');
});

it('finds nothing that is not there, is a folder, or lies outside', async () => {
  symlinkSync(join(folder, 'secret.yaml'), join(folder, 'runbooks', 'manifests', 'link.yaml'));
  writeFileSync(join(folder, 'runbooks', 'manifests', 'large.yaml'), '#'.repeat(1_000_001));
  const read = manifestsIn(join(folder, 'runbooks'));
  for (const path of [
    'other.yaml',
    'postgres',
    '../../secret.yaml',
    'link.yaml',
    'large.yaml',
    'postgres/deployment.yaml/x',
  ])
    expect(await read(path), path).toBeUndefined();
  expect(await manifestsIn(join(folder, 'nowhere'))('a.yaml')).toBeUndefined();
});
