// What a test asks of the lab itself, by kubectl and psql, to compare with what the bot says.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PATIENCE } from '../patience.ts';
import type { Night } from './night.ts';

export type AskedDirectly = ReturnType<typeof askedDirectly>;

export function askedDirectly(night: Night) {
  /** The timeline and the place of the leader, as PostgreSQL itself says. */
  const positions = async () => {
    const leader = await night.lab.untilLed(PATIENCE);
    const said = await night.psql(
      leader,
      'postgres',
      'select timeline_id, pg_current_wal_lsn() from pg_control_checkpoint()',
    );
    const [timeline, position = ''] = said.split('|');
    return { timeline: Number(timeline), position };
  };
  const imageOf = (member: string) =>
    night.lab.kubectl('get', 'pod', member, '-o', 'jsonpath={.spec.containers[0].image}');
  const programsIn = async (member: string) =>
    (await night.lab.kubectl('exec', member, '--', 'sh', '-c', 'cat /proc/[0-9]*/comm')).split('\n');
  const bindingsNow = async () => (await night.lab.kubectl('get', 'rolebindings', '-o', 'name')).split('\n');
  const dumpsOn = async (member: string) =>
    readdirSync(join(night.lab.volumeOf(member), 'pgroot')).filter((name) => name.endsWith('.dump'));
  const probeSeconds = () =>
    night.lab.kubectl(
      'get',
      'deployment/web-api',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].readinessProbe.timeoutSeconds}',
    );
  /** `kubectl auth can-i` ends with 1 for no. */
  const may = (who: string, verb: string, what: string) =>
    night.lab.kubectl('auth', 'can-i', verb, what, '--as', who).catch((error: Error) => {
      if (error.message.endsWith('\nno')) return 'no';
      throw error;
    });

  return { positions, imageOf, programsIn, bindingsNow, dumpsOn, probeSeconds, may };
}
