/** Logins of pull secrets: read from both formats, and given to no registry that they are not for. */
import { describe, expect, it } from 'vitest';
import { loginsFor, readPullSecret } from '../../../src/actions/image/login.ts';
import { parseReference } from '../../../src/actions/image/reference.ts';

const auth = Buffer.from('bob:pass:word').toString('base64');
const reference = (text: string) => {
  const parsed = parseReference(text);
  if (!parsed) throw new Error(`no reference: ${text}`);
  return parsed;
};
const entries = (auths: Record<string, unknown>, name = 's') =>
  readPullSecret(name, { '.dockerconfigjson': JSON.stringify({ auths }) });
const users = (image: string, auths: Record<string, unknown>) =>
  loginsFor(reference(image), entries(auths)).map((one) => one.username);

describe('a pull secret', () => {
  it('is read in both formats, with a password that holds colons', () => {
    const login = { secret: 's', username: 'bob', password: 'pass:word' };
    expect(entries({ 'r.example': { auth } })).toEqual([{ where: 'r.example', login }]);
    expect(readPullSecret('s', { '.dockercfg': JSON.stringify({ 'r.example': { auth } }) })).toEqual([
      { where: 'r.example', login },
    ]);
    expect(entries({ 'r.example': { username: 'bob', password: 'pass:word' } })[0]?.login).toEqual(login);
  });

  it.each([
    ['is no JSON', { '.dockerconfigjson': 'no' }],
    ['is a list', { '.dockerconfigjson': '[]' }],
    ['has a login without a password', { '.dockerconfigjson': '{"auths":{"r.example":{"auth":"Ym9i"}}}' }],
    ['has something else for a login', { '.dockerconfigjson': '{"auths":{"r.example":7}}' }],
    ['holds other things', { password: 'x' }],
  ])('that %s gives no login and does not fail', (_what, data) => {
    expect(readPullSecret('s', data)).toEqual([]);
  });
});

describe('the login for an image', () => {
  const of = (username: string) => ({ username, password: 'p' });

  it('is the one of the longest path, and no other team’s', () => {
    const auths = { 'r.example': of('all'), 'r.example/team': of('team'), 'r.example/teamwork': of('other') };
    expect(users('r.example/team/app:1', auths)).toEqual(['team', 'all']);
    expect(users('r.example/teams/app:1', auths)).toEqual(['all']);
  });

  it('is never that of another host or port', () => {
    const auths = {
      'r.example': of('a'),
      'r.example:5000': of('b'),
      'x.r.example': of('c'),
      example: of('d'),
    };
    expect(users('r.example/app', auths)).toEqual(['a']);
    expect(users('r.example:5000/app', auths)).toEqual(['b']);
    expect(users('evil-r.example/app', auths)).toEqual([]);
    expect(users('r.example.evil.test/app', auths)).toEqual([]);
  });

  it('may be for every host of a pattern, part by part', () => {
    const auths = { '*.r.example': of('star'), 'pre*post.example': of('mid') };
    expect(users('a.r.example/app', auths)).toEqual(['star']);
    expect(users('a.b.r.example/app', auths)).toEqual([]);
    expect(users('r.example/app', auths)).toEqual([]);
    expect(users('pre-x-post.example/app', auths)).toEqual(['mid']);
    expect(users('prepos.example/app', auths)).toEqual([]);
  });

  it('knows the names of Docker Hub, whose path is a version', () => {
    expect(users('postgres:15', { 'https://index.docker.io/v1/': of('hub') })).toEqual(['hub']);
    expect(users('r.example/app', { 'https://index.docker.io/v1/': of('hub') })).toEqual([]);
    expect(users('r.example/app', { 'https://r.example/v2/': of('v2') })).toEqual(['v2']);
  });
});
