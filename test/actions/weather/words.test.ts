// What people read in each weather: what happened, while what, and what to do next.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangingAction, ReadingAction } from '../../../src/actions/action.ts';
import { named } from '../kubernetes/stage.ts';
import { callIn, endingOf } from './ending.ts';
import { type StormyProxy, startStormyProxy } from './stormy-proxy.ts';
import { WEATHERS } from './weathers.ts';

const NOT_THE_API = (sent: RegExp) =>
  new RegExp(
    `^What answered is not the Kubernetes API but ${sent.source}, while reading deployment web in default\\. A proxy or a login page .* check the server's address`,
  );
const BROKE =
  /^The connection to the cluster broke \(.+\) while reading deployment web in default\. .*Look again; if it stays, check the network\.$/;

const SAYS: Readonly<Record<string, RegExp>> = {
  '401':
    /does not accept the login of this bot \(401\) while reading deployment web in default\..* renew it, then try again\.$/,
  '403': /^handrail has no right to list things\.apps in namespace default .*"handrail rbac" prints the Role/,
  '403 of a web proxy': NOT_THE_API(/a web page \(403\)/),
  '404': /^Not found while reading deployment web in default: .* Check the name and the namespace\.$/,
  '404 of a web proxy': NOT_THE_API(/a web page \(404\)/),
  '410': /no longer has what was asked for \(410\) .*: too old resource version: 1 \(2\)\. Try again\.$/,
  '422':
    /^The cluster does not accept this change \(422\) while reading deployment web in default: .*\. Correct it, then plan again\.$/,
  '429':
    /^The cluster asks to wait 7 s \(429\) while reading deployment web in default\. Try again after that\.$/,
  '500':
    /^The API server has a problem of its own \(500\) .*leader changed\. Try again; if it stays, tell the platform team\.$/,
  '502 of a web proxy': NOT_THE_API(/a web page \(502\)/),
  '503': /^The API server has a problem of its own \(503\) .*no healthy upstream\. Try again/,
  '504': /^The API server has a problem of its own \(504\) .*Try again/,
  'a web page': NOT_THE_API(/a web page \(200\)/),
  'a web page that calls itself JSON': NOT_THE_API(/a web page \(200\)/),
  'a login page elsewhere': NOT_THE_API(/a web page \(200\)/),
  'an empty answer': NOT_THE_API(/an empty answer \(200\)/),
  null: NOT_THE_API(/something else than an object \(200\)/),
  'an empty object': NOT_THE_API(/an object without a kind \(200\)/),
  'a list': NOT_THE_API(/something else than an object \(200\)/),
  'another kind': NOT_THE_API(/an object of kind APIVersions that is not web \(200\)/),
  'a success without anything': NOT_THE_API(/an object of kind Status that is not web \(200\)/),
  'cut in mid-body': BROKE,
  'cut before a word': BROKE,
  silence: /^It did not answer within 400 ms\.$/,
  'very slow headers': /^It did not answer within 400 ms\.$/,
  'silence in mid-body': /^It did not answer within 400 ms\.$/,
};

describe('a cluster', () => {
  let proxy: StormyProxy;
  beforeAll(async () => {
    proxy = await startStormyProxy(undefined);
  });
  afterAll(async () => {
    await proxy?.stop();
  });

  it('is told of in every weather', () => {
    expect(Object.keys(SAYS).toSorted()).toEqual(WEATHERS.map(({ name }) => name).toSorted());
  });

  it.each(WEATHERS.map((weather) => [weather.name, weather] as const))('in %s', async (name, weather) => {
    const action = named('k8s.workload');
    const hangs = SAYS[name]?.source.includes('400 ms') === true;
    const call = callIn(
      proxy.course(() => weather),
      action,
      { workload: 'web' },
      hangs ? { limitMs: 400 } : {},
    );
    const ending = await endingOf(async () => await (action as ReadingAction<object>).run(call));
    expect(ending).toMatchObject({ how: 'refused', says: expect.stringMatching(SAYS[name] ?? /^$/) });
  });

  it('that is not there', async () => {
    const gone = await startStormyProxy(undefined);
    const course = gone.course(() => undefined);
    await gone.stop();
    for (const name of ['k8s.pod', 'k8s.workload', 'k8s.scale']) {
      const action = named(name);
      const params =
        name === 'k8s.pod' ? { pod: 'db-0' } : { workload: 'web', replicas: 1, expect: { replicas: 2 } };
      const call = callIn(course, action, params);
      const ending = await endingOf(async () =>
        action.changes
          ? await (action as ChangingAction<object>).plan(call)
          : await (action as ReadingAction<object>).run(call),
      );
      expect(ending).toMatchObject({
        how: 'refused',
        says: expect.stringMatching(
          /^The cluster cannot be reached \(ECONNREFUSED\) while (listing|reading) .*\. Check the network and the kubeconfig's server address\.$/,
        ),
        failed: { nothingHappened: true },
      });
    }
  });
});
