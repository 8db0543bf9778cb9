/** What a played Patroni does when it is told to: pause, switch over, reinitialize, restart. */
import { configOf, type PatroniAnswer } from './patroni-answers.ts';
import type { PatroniCluster } from './patroni-cluster.ts';

/** `body` as it came; the answers are those of a real cluster, errors in plain words. */
export function commanded(
  cluster: PatroniCluster,
  { method, path, body }: { method: string; path: string; body: string },
): PatroniAnswer {
  let read: Record<string, unknown>;
  try {
    read = JSON.parse(body || '{}') as Record<string, unknown>;
  } catch {
    return { code: 400, text: '<html>Bad Request</html>' };
  }
  if (path === '/config' && method === 'PATCH') {
    if ('pause' in read) cluster.paused = read['pause'] === true;
    return { code: 200, json: configOf(cluster) };
  }
  if (path === '/switchover' && method === 'POST') return switchover(cluster, read);
  if (path === '/reinitialize')
    return cluster.leader
      ? { code: 200, text: 'reinitialize started' }
      : { code: 503, text: 'Cluster has no leader, can not reinitialize' };
  if (path === '/restart') return { code: 200, text: 'restarted successfully' };
  return { code: 501, text: 'the stand-in does not play this' };
}

function switchover(cluster: PatroniCluster, asked: Record<string, unknown>): PatroniAnswer {
  if (!asked['leader'])
    return { code: 400, text: 'Switchover could be performed only from a specific leader' };
  if (asked['leader'] !== cluster.leader) return { code: 412, text: 'leader name does not match' };
  const others = cluster.members.filter((one) => one.up && one.name !== cluster.leader);
  const { candidate } = asked;
  const chosen = typeof candidate === 'string' ? cluster.find(candidate) : others[0];
  if (!chosen) return { code: 412, text: 'candidate does not exists' };
  if (!others.includes(chosen)) return { code: 503, text: 'Switchover failed' };
  for (const one of cluster.members) one.position = cluster.positionOf(one);
  cluster.promote(chosen, 'no recovery target specified');
  return { code: 200, text: `Successfully switched over to "${chosen.name}"` };
}
