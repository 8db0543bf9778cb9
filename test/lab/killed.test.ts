// A lab whose process is killed leaves nothing; two labs at once know nothing of each other.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { kill, processesMarked } from '../support/control-plane/processes.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { type Lab, openLab } from '../support/lab/lab.ts';
import { processesOfLab } from '../support/lab/processes.ts';
import { claimOf } from '../support/lab/world/objects.ts';
import { UTILITY_IMAGE } from '../support/lab/world/pidp.ts';
import { describeWith } from '../support/requirements.ts';
import { inProject } from '../support/terminal-world.ts';
import { leftOf, remembered, stillAlive } from './reaching.ts';

const PATIENCE = 240_000;

interface Opened {
  readonly child: ChildProcess;
  readonly subnet: string;
  readonly folders: readonly string[];
  /** All of it, guardians too. */
  processes(): { pid: number; since: number }[];
}

/** One that has ended meanwhile is none. */
const isGuardian = (pid: number) => {
  try {
    return /(guardian|watchdog)\.ts/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
};

describeWith(['lab'], 'a lab that is killed', () => {
  const opened: ChildProcess[] = [];
  afterEach(() => {
    for (const child of opened.splice(0)) if (child.pid !== undefined) kill(child.pid, 'SIGKILL');
  });

  /** `npm run lab` in a process of its own, ready. */
  const openElsewhere = async (): Promise<Opened> => {
    const mark = `lab-of-test-${process.pid}-${Math.random().toString(36).slice(2)}`;
    const child = spawn(process.execPath, ['--no-warnings', inProject('test/support/lab/main.ts')], {
      env: { ...process.env, HANDRAIL_TEST_MARK: mark },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    opened.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
      });
    await waitUntil(
      'the lab is ready',
      () => {
        if (child.exitCode !== null) throw new Error(`the lab ended: ${said}`);
        return /is ready after .*nothing is left then/s.test(said);
      },
      { seconds: 180, describe: () => said },
    );
    const kubeconfig = /KUBECONFIG=(\S+)/.exec(said)?.[1] ?? '';
    const subnet = /REST at (198\.18\.\d+)\.11/.exec(said)?.[1] ?? '';
    const plane = dirname(dirname(kubeconfig));
    const folder = dirname(dirname(/volume (\S+)/.exec(said)?.[1] ?? ''));
    return {
      child,
      subnet,
      folders: [plane, folder],
      processes: () =>
        remembered([...new Set([...processesOfLab(plane), ...processesMarked('HANDRAIL_TEST_MARK', mark)])]),
    };
  };

  it(
    'leaves nothing, and the lab beside it runs on',
    async () => {
      const [other, victim] = await Promise.all([openLab(), openElsewhere()]);
      try {
        expect(victim.subnet).not.toBe(other.subnet);
        const processes = victim.processes();
        expect(processes.length).toBeGreaterThan(30);
        kill(victim.child.pid ?? 0, 'SIGKILL');
        await waitUntil(
          'nothing is left',
          () => leftOf(victim.subnet, victim.folders).length === 0 && stillAlive(processes).length === 0,
          {
            seconds: 60,
            describe: () => JSON.stringify([leftOf(victim.subnet, victim.folders), stillAlive(processes)]),
          },
        );
        await other.untilHealthy(60);
        const leader = await other.untilLed(60);
        expect(await other.run(leader, 'app', ['select count(*)::int n from orders'])).toEqual([
          { n: 20_000 },
        ]);
      } finally {
        await other.close();
      }
    },
    PATIENCE,
  );

  it(
    'is swept by the next one when its guardians are killed with it',
    async () => {
      const victim = await openElsewhere();
      const processes = victim.processes();
      const closed = once(victim.child, 'exit');
      const guardians = processes.filter(({ pid }) => isGuardian(pid));
      expect(guardians.length).toBeGreaterThanOrEqual(2);
      // Stopped first: none of them may see another end.
      for (const { pid } of guardians) kill(pid, 'SIGSTOP');
      kill(victim.child.pid ?? 0, 'SIGKILL');
      for (const { pid } of guardians) kill(pid, 'SIGKILL');
      await closed;
      expect(leftOf(victim.subnet, victim.folders)).not.toEqual([]);
      expect(stillAlive(processes).length).toBeGreaterThan(20);
      const next = await openLab({ world: 'empty', sizedVolumes: true });
      try {
        expect(stillAlive(processes)).toEqual([]);
        expect(leftOf(victim.subnet, victim.folders)).toEqual([]);
        await fillVolume(next);
      } finally {
        await next.close();
      }
      expect(leftOf(next.subnet, [next.plane.dir, dirname(dirname(next.volumeOf('any')))])).toEqual([]);
    },
    PATIENCE,
  );
});

/** A volume that has a size of its own is full when it is full. */
async function fillVolume(lab: Lab): Promise<void> {
  await lab.addVolume('small', '16Mi');
  await lab.apply([
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claimOf('small', '16Mi') },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'writer', labels: { app: 'writer' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: 'main', image: UTILITY_IMAGE, volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        ],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'small' } }],
      },
    },
  ]);
  await lab.untilReady('app=writer', 1, 60);
  const inPod = (...command: string[]) => lab.kubectl('exec', 'writer', '--', ...command);
  expect(await inPod('df', '--block-size=M', '--output=size', '/data')).toMatch(/\n +16M$/);
  await expect(inPod('dd', 'if=/dev/zero', 'of=/data/file', 'bs=1M', 'count=20')).rejects.toThrow(
    /No space left on device/,
  );
}
