/** Who and what the night of scenario pidp-patroni is about; everybody in it is invented. */
import type { Person } from '../../../src/incidents/events.ts';

export const ines: Person = { id: 'slack:U0INES', name: 'Inés Okafor' };
export const marek: Person = { id: 'slack:U0MAREK', name: 'Marek Dvořák' };
export const lena: Person = { id: 'slack:U0LENA', name: 'Lena Strand' };
export const yuki: Person = { id: 'slack:U0YUKI', name: '田中 有紀' };

export const ns = 'd8a8f9-prod';
export const target = {
  namespace: ns,
  kind: 'statefulset',
  name: 'prod-patroni',
  says: 'web-api uses prod-patroni. None of its 3 pods is ready.',
};
export const dumpPath = '/home/postgres/pgdata/incident-1.dump';
