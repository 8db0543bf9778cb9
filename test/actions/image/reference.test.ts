/** Names of images, as container runtimes read them. */
import { describe, expect, it } from 'vitest';
import { originOf, parseReference, written } from '../../../src/actions/image/reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('a name of an image', () => {
  it.each([
    ['postgres', { registry: 'registry-1.docker.io', repository: 'library/postgres', tag: 'latest' }],
    [
      'docker.io/bitnami/redis:7',
      { registry: 'registry-1.docker.io', repository: 'bitnami/redis', tag: '7' },
    ],
    ['team/app:1.2', { registry: 'registry-1.docker.io', repository: 'team/app', tag: '1.2' }],
    ['registry.example/team/app', { registry: 'registry.example', repository: 'team/app', tag: 'latest' }],
    ['localhost/app:1', { registry: 'localhost', repository: 'app', tag: '1' }],
    ['hub:5000/app', { registry: 'hub:5000', repository: 'app', tag: 'latest' }],
    ['127.0.0.1:5000/a/b/c:x', { registry: '127.0.0.1:5000', repository: 'a/b/c', tag: 'x' }],
    [`quay.example/a/b@${digest}`, { registry: 'quay.example', repository: 'a/b', digest }],
    [`quay.example/a/b:1@${digest}`, { registry: 'quay.example', repository: 'a/b', tag: '1', digest }],
    [
      'image-registry.openshift-image-registry.svc:5000/tools/patroni:v12-latest',
      {
        registry: 'image-registry.openshift-image-registry.svc:5000',
        repository: 'tools/patroni',
        tag: 'v12-latest',
      },
    ],
  ])('%s', (text, wanted) => {
    expect(parseReference(text)).toEqual(wanted);
  });

  it.each([
    '',
    ' ',
    'UPPER/case',
    'a//b',
    'registry.example/',
    'registry.example/app:',
    'registry.example/app@sha256:short',
    'registry.example/app@sha512:abc',
    `a@${digest}@${digest}`,
    'https://images.example/app',
    'registry.example/app:1;rm',
    'registry.example/../etc',
    `${'a/'.repeat(200)}b`,
  ])('"%s" is none', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });

  it('is written so that it is read as the same', () => {
    for (const text of [
      'docker.io/library/postgres:15',
      `r.example/a/b:1@${digest}`,
      'localhost:5000/app:x',
    ]) {
      const reference = parseReference(text);
      expect(reference && written(reference)).toBe(text);
    }
  });

  it('is asked for in the open on this machine only', () => {
    expect(originOf('127.0.0.1:5000')).toBe('http://127.0.0.1:5000');
    expect(originOf('localhost')).toBe('http://localhost');
    for (const host of ['127.0.0.1.evil.example', 'localhost.example:80', '10.0.0.1:5000', '128.0.0.1']) {
      expect(originOf(host)).toBe(`https://${host}`);
    }
  });
});
