// The members get the image that starts: the crash-looping one while Patroni is paused, the other follower, the leader.
import { expect, it } from 'vitest';
import { MEMBERS } from '../../support/lab/world/patroni.ts';
import { PATIENCE } from '../patience.ts';
import { AFTER, BEFORE, untilHeld } from './night.ts';
import { SET, type TheNight } from './the-night.ts';

interface Positions {
  readonly newest?: string;
  readonly equal: readonly string[];
  readonly unread: readonly string[];
  readonly members: readonly { readonly name: string; readonly behind_bytes?: number }[];
}

export function moving(the: TheNight): void {
  /** The run that moves the first two, and where the leader stood before it. */
  let run = 0;
  let before = { timeline: 0, position: '' };

  it('cannot read the member that crash-loops, so Patroni is paused by the decision of two people', async () => {
    const { crashed, other, images } = the.night;
    before = await the.ask.positions();
    run = await the.at.start('upgrade-patroni-member', {
      statefulset: SET,
      member: crashed,
      second: other,
      image: images.good,
    });
    expect(await the.at.check(run, 'image')).toMatchObject({ verdict: 'ok' });
    const newest = await the.at.check(run, 'newest');
    expect(newest).toMatchObject({
      verdict: 'unknown',
      out: { answer: 'unknown', unread: [crashed] },
    });
    await the.at.answer(/^There is one$/, { reason: 'The dump of a minute ago.' });
    await the.at.see(run, 'pause', `Pause Patroni on ${SET}`);
    for (const member of [the.night.leader, other])
      expect(JSON.parse((await the.night.lab.rest(member, '/patroni')).text)).toMatchObject({ pause: true });
  });

  it('repairs the crash-looping member while paused: PostgreSQL stays down, nothing is rewound, its position is read', async () => {
    const { lab, crashed, leader, other } = the.night;
    await the.at.see(run, 'swap', `Move ${crashed} to the new image`);
    const again = await the.at.check(run, 'newest_again');
    expect(again.verdict).toBe('ok');
    const read = again.out as unknown as Positions;
    expect(read.unread).toEqual([]);
    // Alone, or together with the follower that has all of it by then.
    expect([read.newest, ...read.equal]).toContain(leader);
    expect([read.newest, ...read.equal]).not.toContain(crashed);
    const repaired = read.members.find(({ name }) => name === crashed);
    expect(repaired).toMatchObject({ state: 'stopped', timeline: before.timeline });
    expect(repaired?.behind_bytes).toBeGreaterThan(0);
    // What the test sees itself, still paused.
    expect(await the.ask.programsIn(leader)).toContain('postgres');
    expect(await the.ask.programsIn(crashed)).toContain('patroni');
    expect(await the.ask.programsIn(crashed)).not.toContain('postgres');
    const control = await lab.kubectl('exec', crashed, '--', 'sh', '-c', '$POSTGRES_BIN/pg_controldata');
    expect(control).toMatch(/Database cluster state: +shut down in recovery/);
    expect(Number(/Latest checkpoint's TimeLineID: +(\d+)/.exec(control)?.[1])).toBe(before.timeline);
    expect((await lab.listed()).find(({ role }) => role === 'leader')?.name).toBe(leader);
    expect((await the.ask.positions()).timeline).toBe(before.timeline);
    for (const member of [leader, other]) await untilHeld(the.night, member, AFTER);
  });

  it('resumes, and the repaired member catches up: every row that anybody had is on every member', async () => {
    const { lab, crashed } = the.night;
    await the.at.see(run, 'resume', `Let Patroni manage ${SET} again`);
    for (const member of MEMBERS) {
      await untilHeld(the.night, member, BEFORE);
      await untilHeld(the.night, member, AFTER);
    }
    await lab.untilHealthy(PATIENCE);
    expect((await the.ask.positions()).timeline).toBe(before.timeline);
    expect(await the.ask.imageOf(crashed)).toBe(the.night.images.good);
    // Patroni's own word for it (postgresql/rewind.py).
    expect(await lab.kubectl('logs', crashed)).not.toMatch(/running pg_rewind/i);
  });

  it('moves the other follower under the same approval, and then knows that only the leader is left', async () => {
    const { other, leader, images } = the.night;
    const asked = (await the.desk.events(1, 'approval_requested')).length;
    await the.at.see(run, 'swap_second', `Move ${other} to the new image`);
    expect(await the.desk.events(1, 'approval_requested')).toHaveLength(asked);
    const left = await the.at.check(run, 'still_old');
    expect(left).toMatchObject({ verdict: 'warn', out: { differing: [leader] } });
    await the.at.ended(run);
    expect(await the.ask.imageOf(other)).toBe(images.good);
    expect(await the.ask.imageOf(leader)).toBe(images.used);
  });

  it('hands over to a follower and moves the old leader; then the update strategy is what it was before', async () => {
    const { lab, crashed, leader } = the.night;
    const run = await the.at.startOffered('upgrade-patroni-member', { member: leader });
    expect(['newest', 'equal']).toContain((await the.at.check(run, 'newest')).out?.['answer']);
    await the.at.answer(/^There is one$/, { reason: 'The same dump.' });
    await the.at.answer(/^Answer$/, { 'form:candidate': crashed });
    await the.at.see(run, 'hand_over', `Hand over from ${leader} to ${crashed}`);
    expect(await lab.untilLed(PATIENCE)).toBe(crashed);
    await the.at.see(run, 'swap', `Move ${leader} to the new image`);
    expect(await the.at.check(run, 'still_old')).toMatchObject({ verdict: 'ok' });
    expect(await the.at.check(run, 'strategy')).toMatchObject({ verdict: 'warn', out: { type: 'OnDelete' } });
    await the.at.see(run, 'set_back', 'Set the update strategy back to RollingUpdate');
    const now = ['get', `statefulset/${SET}`, '-o', 'jsonpath={.spec.updateStrategy.type}'];
    expect(await lab.kubectl(...now)).toBe('RollingUpdate');
    expect(await the.at.check(run, 'after')).toMatchObject({ verdict: 'ok' });
    await the.at.ended(run);
    await the.desk.hands.ana.command(the.channel, 'status watching');
  });
}
