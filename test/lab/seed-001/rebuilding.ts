// The way out of that night: PostgreSQL is stopped, its volume hangs, is detached at the provider, and it starts again.
import { expect, it } from 'vitest';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { CLAIM } from '../../support/lab/world/community.ts';
import type { Rights } from '../account.ts';
import { PATIENCE } from '../patience.ts';
import { CONTACT } from './configuration.ts';
import type { TheNight } from './the-night.ts';

const CONTENT = 'select count(*), sum(hashtext(i::text)::bigint) from infractions i';
const VOLUME = `pv-${CLAIM}`;
const PROVIDER = `Kim and Noor, in the provider's console; else ask ${CONTACT}`;

export function rebuilding(the: TheNight, rights: Rights): void {
  let run = 0;
  let content = '';
  let before = '';
  const wide = rights === 'cluster';
  const template = () =>
    the.night.lab.kubectl('get', 'deployment/postgres', '-o', 'jsonpath={.spec.template.spec}');
  const attachments = (path: string) =>
    the.night.lab.kubectl('get', 'volumeattachments', '-o', `jsonpath=${path}`);

  it('stops it when a second person has approved; the volume does not leave its node', async () => {
    content = await the.night.psql(CONTENT, 'bot');
    before = await template();
    expect(content).toMatch(/^5000\|/);
    expect(await attachments('{.items[*].spec.source.persistentVolumeName}')).toBe(VOLUME);
    the.night.provider.hang();
    run = await the.at.start('rebuild-postgres', { workload: 'postgres', claim: CLAIM, provider: PROVIDER });
    expect(await the.at.check(run, 'before')).toMatchObject({ verdict: 'ok', says: '1 wanted, 1 ready.' });
    await the.at.answer(/^There is none, and we go on$/, { reason: 'Nobody has ever made one.' });
    await the.at.see(run, 'stop_it', 'Stop postgres');
    expect((await the.desk.events(1, 'approved')).at(-1)?.by.name).toBe('Ben Example');
    await the.night.lab.untilReady('app=postgres', 0, PATIENCE);
    // The cluster's own controller has asked for it to be detached, and the provider does not answer.
    await waitUntil(
      'the attachment is to be deleted',
      async () => (await attachments('{.items[0].metadata.deletionTimestamp}')) !== '',
      { seconds: PATIENCE },
    );
  });

  it('says who holds the volume, or that it may not look and whom to ask', async () => {
    const { ana } = the.desk.hands;
    await the.at.check(run, 'detached');
    const looked = async () =>
      (await the.desk.events(1, 'check_done')).filter(
        ({ body }) => body.run === run && body.step === 'detached',
      );
    await ana.press(the.channel, /^Look again$/);
    const again = await waitUntil('it has looked again', async () => (await looked())[1], {
      seconds: PATIENCE,
    });
    const { verdict, says, out } = again.body;
    if (wide) {
      expect(verdict).toBe('bad');
      expect(out).toMatchObject({ known: true, detached: false, volume: VOLUME, node: 'node-a' });
      const since = await attachments('{.items[0].metadata.creationTimestamp}');
      expect(says).toMatch(
        /^Volume pv-postgres-data is attached to node-a since .*\. It is being detached\. When it hangs, ask Hosting \(hosting-help\)\.$/,
      );
      expect(Date.parse(String(out?.['since']))).toBe(Date.parse(since));
    } else {
      expect(verdict).toBe('unknown');
      expect(out).toMatchObject({ known: false, detached: false, volume: VOLUME });
      expect(says).toBe(
        `Whether a node still holds volume ${VOLUME} is not known: no right to see volume attachments: ask ${CONTACT}.`,
      );
    }
  });

  it('ends the wait in what only a person can do, and says who has access', async () => {
    const { ana } = the.desk.hands;
    await the.at.answer(/^It hangs$/, { reason: 'A minute and no change.' });
    const shown = await ana.read(the.channel, /^Detach the volume at the provider[^]*this is done by hand/);
    const words = JSON.stringify(shown);
    for (const fact of [PROVIDER, `Volume: ${VOLUME}.`, `Node: ${wide ? 'node-a' : 'not known'}.`])
      expect(words).toContain(fact);
    await the.night.provider.detachByHand();
    await waitUntil(
      'the attachment is gone',
      async () => (await attachments('{.items[*].metadata.name}')) === '',
      {
        seconds: PATIENCE,
      },
    );
    if (wide) {
      await ana.press(the.channel, /^Done by hand$/, { words: /Detach the volume/ });
      await waitUntil(
        'it is verified that no node holds it',
        async () => {
          const all = await the.desk.events(1, 'verified');
          return all.find(({ body }) => body.run === run && body.step === 'detach' && body.held);
        },
        { seconds: PATIENCE },
      );
    } else
      await the.at.skip(run, 'Detach the volume at the provider', `${CONTACT} says that it is detached.`);
  });

  it('starts it as it was; the rows are still there, and who used it is connected again', async () => {
    const { lab } = the.night;
    // What somebody changed in a hurry meanwhile is as it was, too.
    await lab.kubectl('set', 'image', 'deployment/postgres', '*=registry.example.org/tried/at-night:1');
    await the.at.see(run, 'put_back', 'Start postgres again, as it was');
    expect(await template()).toBe(before);
    const after = await the.at.check(run, 'after');
    expect(after.out).toMatchObject({ desired: 1, ready: 1 });
    expect(after.out?.['unknowns']).toEqual(wide ? [] : [`no right to see nodes: ask ${CONTACT}`]);
    await the.at.ended(run);
    const [pod] = await lab.untilReady('app=postgres', 1, PATIENCE);
    expect(
      await attachments('{.items[*].spec.source.persistentVolumeName}/{.items[*].status.attached}'),
    ).toBe(`${VOLUME}/true`);
    expect(pod?.spec?.volumes?.[0]?.persistentVolumeClaim?.claimName).toBe(CLAIM);
    expect(await the.night.psql(CONTENT, 'bot')).toBe(content);
    await lab.untilReady('app=site', 2, PATIENCE);
    await lab.untilReady('app=bot', 1, PATIENCE);
    await the.desk.hands.ana.command(the.channel, 'status watching');
  });
}
