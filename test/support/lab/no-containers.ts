// Whether this process can make containers: the kernel's namespaces, an overlay, a network; asked once.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let containersRefused: { reason: string | undefined } | undefined;

/** Why it cannot; undefined when it can. */
export function noContainers(): string | undefined {
  if (process.getuid?.() !== 0) return 'the lab makes containers: it needs root on Linux';
  if (containersRefused) return containersRefused.reason;
  const folder = mkdtempSync(join(tmpdir(), 'handrail-can-contain-'));
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name));
  const script = `mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root" &&
    ip link add eth0 type veth peer name eth1 && ip link add bridge0 type bridge && nft list ruleset`;
  const tried = spawnSync(
    'unshare',
    ['--mount', '--net', '--pid', '--uts', '--ipc', '--fork', 'sh', '-c', script, 'sh', folder],
    { encoding: 'utf8', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
  );
  rmSync(folder, { recursive: true, force: true });
  const words = (tried.stderr || tried.error?.message || '').trim().split('\n')[0];
  containersRefused = {
    reason: tried.status === 0 ? undefined : `this machine allows no containers: ${words}`,
  };
  return containersRefused.reason;
}
