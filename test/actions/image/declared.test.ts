/** Versions that an image declares, and the order in which tags are looked at. */
import { describe, expect, it } from 'vitest';
import { declaredBy, majorOf } from '../../../src/actions/image/declared.ts';
import { likely } from '../../../src/actions/image/from-registry.ts';

const nothing = { labels: {}, environment: [], tag: undefined };

describe('what an image declares', () => {
  it('is taken from labels before environment before tag', () => {
    const image = {
      labels: { 'postgresql.version': '12.4' },
      environment: ['PG_MAJOR=13', 'PATRONI_VERSION=2.1.0'],
      tag: '2.0.1-14.1-latest',
    };
    expect(declaredBy(image)).toEqual({ postgres: '12.4', patroni: '2.1.0', by: 'environment' });
    expect(declaredBy({ ...image, environment: [] })).toEqual({
      postgres: '12.4',
      patroni: '2.0.1',
      by: 'tag',
    });
    expect(declaredBy({ ...nothing, tag: '2.0.1-12.4-latest' })).toEqual({
      postgres: '12.4',
      patroni: '2.0.1',
      by: 'tag',
    });
  });
  it('is nothing when nothing is declared: no version is guessed', () => {
    for (const tag of [undefined, 'latest', '12.4', 'v12-latest', '2.0.1-x', '2024.01.02-3']) {
      expect(declaredBy({ ...nothing, tag })).toEqual({});
    }
    expect(
      declaredBy({ ...nothing, environment: ['PG_VERSION=', 'PGVERSION', '=15', 'PG_VERSION=new'] }),
    ).toEqual({});
  });
  it('has a major that data files depend on', () => {
    expect(['12.4', '15', '9.6.24', '10', undefined].map(majorOf)).toEqual([
      '12',
      '15',
      '9.6',
      '10',
      undefined,
    ]);
  });
});

describe('the tags that are looked at first', () => {
  it('are latest, then the highest versions, then the end of the alphabet', () => {
    const tags = ['1.10', 'dev', '1.9', 'v2.0', 'latest', 'a1b2', '2.0.1-12.4-latest', '1.2'];
    expect(likely(tags, 10)).toEqual([
      'latest',
      '2.0.1-12.4-latest',
      'v2.0',
      '1.10',
      '1.9',
      '1.2',
      'dev',
      'a1b2',
    ]);
    expect(likely(tags, 2)).toHaveLength(2);
  });
});
