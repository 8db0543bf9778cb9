// The contract: what reaches into a pod: commands, files, logs, ports.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { PortForward } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../src/actions/kubernetes/exec.ts';
import type { Reach } from '../../src/actions/reach.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { ask, clients, run } from './asking.ts';
import { behaves, type Subject } from './subjects.ts';
import { CORE, deployed, logFrom, nameOf } from './workloads.ts';

export function insidePods(cluster: () => Subject): void {
  describe('inside pods', () => {
    const logOf = (pod: string, options = {}) => logFrom(cluster(), pod, options);
    let talker = '';

    beforeAll(async () => {
      const annotations = behaves.talking(['one', 'two', 'three']);
      talker = nameOf((await deployed(cluster(), 'talker', { annotations }))[0]);
    });

    it('run commands: exit code, output, errors', async () => {
      const failing = await run(cluster().config, talker, ['sh', '-c', 'echo out; echo oh >&2; exit 7']);
      expect(failing).toMatchObject({ stdout: 'out\n', stderr: 'oh\n' });
      expect(failing.status).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
      expect(failing.status.message).toContain('exit code 7');
      expect(failing.status.details?.causes?.[0]).toEqual({ reason: 'ExitCode', message: '7' });
      const fine = await run(cluster().config, talker, [
        'sh',
        '-c',
        'pwd >/dev/null; hostname >/dev/null; head -c 300000 /dev/zero',
      ]);
      expect(fine.status.status).toBe('Success');
      expect(fine.stdout.length).toBe(300_000);
      const absent = await run(cluster().config, talker, ['no-such-program']);
      expect(absent.status.message).toContain('executable file not found in $PATH');
    });

    it('run commands for the actions, with refusals in words', async () => {
      const reach = { kubernetes: async () => cluster().config } as unknown as Reach;
      const call = { reach, signal: AbortSignal.timeout(20_000) };
      const here = {
        namespace: 'default',
        pod: talker,
        argv: ['sh', '-c', 'echo "$0 $1"; exit 3', 'a', 'b c'],
      };
      expect(await exec(call, here)).toEqual({ code: 3, stdout: 'a b c\n', stderr: '', truncated: false });
      await expect(exec(call, { ...here, pod: 'none' })).rejects.toThrow(
        /pods "none" not found|not there|not found/,
      );
      await expect(exec(call, { ...here, container: 'none' })).rejects.toThrow(
        /container none is not valid for pod/,
      );
      const bob = await cluster().configFor('bob');
      const asBob = { reach: { kubernetes: async () => bob } as unknown as Reach, signal: call.signal };
      await expect(exec(asBob, here)).rejects.toThrow(/pods\/exec|exec/);
    });

    it('keep files between commands', async () => {
      await run(cluster().config, talker, ['sh', '-c', 'echo kept > file']);
      expect((await run(cluster().config, talker, ['cat', 'file'])).stdout).toBe('kept\n');
      expect(
        (await run(cluster().config, talker, ['sh', '-c', 'stat -c %s file; sha256sum file | cut -c1-8']))
          .stdout,
      ).toMatch(/^5\n[0-9a-f]{8}\n$/);
      expect((await run(cluster().config, talker, ['rm', 'file'])).status.status).toBe('Success');
    });

    it('have logs: whole, last lines, bytes, times', async () => {
      await waitUntil('it has spoken', async () => (await logOf(talker)).includes('three'));
      expect(await logOf(talker)).toBe('one\ntwo\nthree\n');
      expect(await logOf(talker, { tailLines: 1 })).toBe('three\n');
      expect(await logOf(talker, { limitBytes: 5 })).toBe('one\nt');
      expect(await logOf(talker, { timestamps: true, tailLines: 1 })).toMatch(/^\d{4}-.*Z three\n$/);
      const { core } = clients(cluster().config);
      const previous = core.readNamespacedPodLog({ namespace: 'default', name: talker, previous: true });
      await expect(previous).rejects.toMatchObject({
        code: 400,
        body: expect.stringContaining('previous terminated container'),
      });
      const other = await ask(cluster().config, 'GET', `${CORE}/pods/${talker}/log?container=none`);
      expect(other).toMatchObject({
        code: 400,
        body: { reason: 'BadRequest', message: `container none is not valid for pod ${talker}` },
      });
    });

    it('have their ports forwarded', async () => {
      const forward = new PortForward(cluster().config);
      const { greeter } = cluster();
      const local = createServer((socket) => {
        const joined = forward.portForward('default', talker, [greeter], socket, null, socket);
        // client-node leaves the local end open when the other closes.
        void joined.then((remote) => typeof remote !== 'function' && remote.on('close', () => socket.end()));
      });
      local.listen(0, '127.0.0.1');
      await once(local, 'listening');
      expect(await text(connect((local.address() as AddressInfo).port, '127.0.0.1'))).toBe('hello');
      local.close();
    });
  });
}
