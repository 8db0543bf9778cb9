/** Tokens of known services, by secretlint's rules. Made up, and put together here so that no scanner takes them for real. */
import { describe, expect, it } from 'vitest';
import { withoutTokens } from '../../src/actions/redact/token-rules.ts';
import { redact } from '../../src/actions/redact.ts';

const many = (characters: string, length: number) => characters.repeat(length).slice(0, length);

describe('secretlint finds', () => {
  const tokens: Readonly<Record<string, string>> = {
    github: `ghp_${many('a1B2c3D4', 36)}`,
    gitlab: `glpat-${many('a1B2c3D4', 20)}`,
    slack: ['xoxb', '123456789012', '1234567890123', many('aB1cD2', 24)].join('-'),
    sendgrid: `SG.${many('aB1cD2eF', 22)}.${many('gH3iJ4kL', 43)}`,
    stripe: `sk_live_${many('aB1cD2eF', 24)}`,
    openai: `sk-proj-${many('aB1cD2eF', 74)}T3BlbkFJ${many('aB1cD2eF', 74)}`,
    huggingface: `hf_${many('aBcDeFgH', 34)}`,
    docker: `dckr_pat_${many('aB1cD2eF', 27)}`,
    npm: `npm_${many('aB1cD2eF', 36)}`,
  };
  for (const [what, token] of Object.entries(tokens))
    it(what, () => {
      expect(withoutTokens(`started with ${token} today`)).toBe('started with [redacted] today');
      expect(redact(`started with ${token} today`, { exact: true })).toBe('started with [redacted] today');
    });

  it('and a comment in the text does not stop it', () => {
    const text = `/* secretlint-disable */ ${tokens['github']} /* secretlint-enable */`;
    expect(withoutTokens(text)).toBe('/* secretlint-disable */ [redacted] /* secretlint-enable */');
  });
});

it('what is redacted already is left, and so is every name', () => {
  for (const text of [
    'postgres://[redacted]@prod-patroni:5432/web',
    'd36670f078491d541822d3e9f574ff59a12ca81cd1762a2aeff2ae1c277db04e',
    '/home/postgres/pgdata/pgroot/handrail-inc1-app-a7c870cf.dump',
    'registry.example.org/postgres@sha256:9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015',
    'operation 5f1b9c7e-3a2d-4e8f-9b6a-0c1d2e3f4a5b of hr-1-1-dump-1-0a1b2c3d4e',
  ])
    expect(withoutTokens(text)).toBe(text);
});

it('is quick on long hostile text', () => {
  for (const part of ['a', 'A1b', 'postgres://', '-----BEGIN ', 'x-', 'sk-', 'AKIA', 'secret='])
    expect(typeof withoutTokens(part.repeat(50_000))).toBe('string');
});
