import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { patroniActions } from '../../../src/actions/patroni/index.ts';
import { describeWith } from '../../support/requirements.ts';
import { failure } from '../kubernetes/call.ts';
import { direct, type PatroniStage, startPatroniStage } from './patroni-stage.ts';
import { leader, replica } from './stand-in.ts';

describeWith(['controlPlane'], 'one member of a Patroni cluster (stand-in for its REST API)', () => {
  let at: PatroniStage;
  beforeAll(async () => {
    at = await startPatroniStage();
  });
  afterAll(async () => {
    await at?.stop();
  });
  beforeEach(() => at.reset());

  const action = patroniActions.find((one) => one.name === 'patroni.member') as unknown as ReadingAction;
  const look = async (name: string): Promise<unknown> => {
    const call = at.stage.call({ statefulset: 'prod-patroni', member: name });
    const seen = await action.run({ ...call, reach: { ...call.reach, ...direct } } as never);
    return action.output.strict().parse(seen);
  };

  it('leads, or follows the only leader on its timeline', async () => {
    expect(await look('prod-patroni-0')).toMatchObject({
      leads: true,
      follows: false,
      leader: 'prod-patroni-0',
      says: 'prod-patroni-0 leads.',
    });
    expect(await look('prod-patroni-1')).toMatchObject({
      leads: false,
      follows: true,
      answers: true,
      lag_bytes: 0,
      says: 'prod-patroni-1 follows prod-patroni-0, 0 B behind.',
    });
  });

  it('does not follow on another timeline, nor where two lead', async () => {
    at.standIns[0].state.patroni = leader(0x5000148, 2);
    expect(await look('prod-patroni-1')).toMatchObject({ follows: false, answers: true });
    at.standIns[0].state.patroni = leader(0x5000148, 1);
    at.standIns[2].state.patroni = leader(0x5000148, 1);
    const seen = await look('prod-patroni-1');
    expect(seen).toMatchObject({ follows: false });
    expect(seen).not.toHaveProperty('leader');
  });

  it('answers while it is paused with PostgreSQL stopped, and that is no following', async () => {
    at.standIns[1].state.patroni = { ...replica(0, 0), state: 'stopped', pause: true };
    expect(await look('prod-patroni-1')).toMatchObject({
      answers: true,
      follows: false,
      paused: true,
      says: 'prod-patroni-1 answers and does not follow: replica, stopped; Patroni is paused.',
    });
  });

  it('is refused in words for a name that is no member', async () => {
    expect((await failure(look('prod-patroni-9'))).says).toContain(
      'Its members are prod-patroni-0, prod-patroni-1, prod-patroni-2.',
    );
  });
});
