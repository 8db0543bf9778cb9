import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/catalog/nearest.ts';
import { parseDuration, readableSeconds } from '../../src/runbooks/duration.ts';
import { parseParam } from '../../src/runbooks/param-values.ts';
import { parseQuantity, readableBytes } from '../../src/runbooks/quantity.ts';
import type { Param } from '../../src/runbooks/runbook.ts';

describe('lengths of time', () => {
  it.each([
    ['20s', 20_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['PT1H', 3_600_000],
    ['P1DT2H3M4S', 93_784_000],
    ['', undefined],
    ['0s', undefined],
    ['P', undefined],
    ['10', undefined],
    ['1m1h', undefined],
    ['-1s', undefined],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [12_000, '3 h 20 min'],
    [90_061, '1 d 1 h'],
    [86_400, '1 d'],
    [-90, '-1 min 30 s'],
  ])('writes %d', (seconds, text) => {
    expect(readableSeconds(seconds)).toBe(text);
  });
});

describe('amounts of bytes', () => {
  it.each([
    ['16Mi', 16_777_216n],
    ['1.5Gi', 1_610_612_736n],
    ['1k', 1000n],
    ['0.0001k', 1n],
    ['5', 5n],
    ['1m', undefined],
    ['Mi', undefined],
    ['-1Mi', undefined],
  ])('reads %s', (text, bytes) => {
    expect(parseQuantity(text)).toBe(bytes);
  });

  it.each([
    [512, '512 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1_572_864, '1.5 MiB'],
    [24_696_061_952, '23 GiB'],
    [1_073_741_823, '1 GiB'],
  ])('writes %d', (bytes, text) => {
    expect(readableBytes(bytes)).toBe(text);
  });
});

describe('parseParam', () => {
  const param = (type: Param['type'], more: Partial<Param> = {}): Param => ({
    type,
    label: 'x',
    required: true,
    ...more,
  });
  it.each([
    [param('int', { min: 0, max: 2 }), '2', { value: 2 }],
    [param('int', { max: 2 }), '3', { problem: 'At most 2.' }],
    [param('int'), '1.5', { problem: 'Write a whole number.' }],
    [param('bool'), 'Yes', { value: true }],
    [param('duration'), '2h', { value: 7200 }],
    [param('duration'), 'soon', { problem: 'Write a length of time such as 30s, 10m or 2h.' }],
    [param('bytes'), '16Mi', { value: 16_777_216 }],
    [param('enum', { options: ['a', 'b'] }), 'c', { problem: 'Choose one of a, b.' }],
    [param('k8s/pod'), 'prod-patroni-0', { value: 'prod-patroni-0' }],
    [
      param('k8s/pod'),
      'x; rm -rf /',
      { problem: 'x; rm -rf / cannot be the name of an object in Kubernetes.' },
    ],
    [param('string', { pattern: '[a-z]+' }), 'abc1', { problem: 'This must be of the form [a-z]+' }],
    [param('string', { min: 3 }), 'ab', { problem: 'At least 3 characters.' }],
  ])('%o %s', (one, given, expected) => {
    expect(parseParam(one, given)).toEqual(expected);
  });
});

describe('nearest', () => {
  it('finds a swapped, a missing and a wrong letter, and nothing far away', () => {
    const names = ['timeout', 'title', 'verify'];
    expect(['timeotu', 'tite', 'verifi', 'undo'].map((name) => nearest(name, names))).toEqual([
      'timeout',
      'title',
      'verify',
      undefined,
    ]);
  });
});
