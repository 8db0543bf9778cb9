// A container's readiness and liveness probes, asked for real as a kubelet asks them.
import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { connect } from 'node:net';
import type { V1Container, V1Probe } from '@kubernetes/client-node';
import type { Running } from './runtime.ts';

export interface ProbeTold {
  ready(passes: boolean, why: string): void;
  dead(why: string): void;
  kill(): void;
}

/** Asks until stopped. A probe's numbers have Kubernetes' defaults: every 10 s, 1 s patience, 3 failures, 1 success. */
export function startProbes(
  spec: V1Container,
  running: Running,
  podIp: string,
  told: ProbeTold,
): { stop(): void } {
  const timers: NodeJS.Timeout[] = [];
  let stopped = false;
  const repeat = (probe: V1Probe, judge: (problem: string | undefined) => void) => {
    let asking = false;
    const ask = () => {
      if (asking || stopped) return;
      asking = true;
      void askOnce(probe, spec, running, podIp).then((problem) => {
        asking = false;
        if (!stopped) judge(problem);
      });
    };
    const begin = setTimeout(
      () => {
        ask();
        timers.push(setInterval(ask, (probe.periodSeconds ?? 10) * 1000));
      },
      (probe.initialDelaySeconds ?? 0) * 1000,
    );
    timers.push(begin);
  };
  const { readinessProbe, livenessProbe } = spec;
  if (readinessProbe) {
    const count = counter(readinessProbe);
    repeat(readinessProbe, (problem) => {
      const verdict = count(problem === undefined);
      if (verdict !== undefined) told.ready(verdict, problem ?? '');
    });
  }
  if (livenessProbe) {
    const count = counter(livenessProbe);
    repeat(livenessProbe, (problem) => {
      if (problem !== undefined) told.dead(problem);
      if (count(problem === undefined) !== false || stopped) return;
      stop();
      told.kill();
    });
  }
  const stop = () => {
    stopped = true;
    for (const timer of timers) clearTimeout(timer);
  };
  return { stop };
}

/** True or false when so many answers in a row agree as the probe wants, else undefined. */
function counter(probe: V1Probe): (passed: boolean) => boolean | undefined {
  let last: boolean | undefined;
  let same = 0;
  return (passed) => {
    same = passed === last ? same + 1 : 1;
    last = passed;
    const wanted = passed ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    return same >= wanted ? passed : undefined;
  };
}

/** Undefined when it passed, else the words a kubelet has for it. */
async function askOnce(
  probe: V1Probe,
  spec: V1Container,
  running: Running,
  podIp: string,
): Promise<string | undefined> {
  const ms = (probe.timeoutSeconds ?? 1) * 1000;
  const port = (wanted: unknown): number =>
    typeof wanted === 'number'
      ? wanted
      : (spec.ports?.find((one) => one.name === wanted)?.containerPort ?? Number(wanted));
  if (probe.httpGet) {
    const { path = '/', scheme = 'HTTP', host = podIp } = probe.httpGet;
    const url = `${scheme.toLowerCase()}://${host}:${port(probe.httpGet.port)}${path}`;
    return await byHttp(url, ms);
  }
  if (probe.tcpSocket) return await byTcp(podIp, port(probe.tcpSocket.port), ms);
  if (probe.exec) return await byExec(probe.exec.command ?? [], running, ms);
  return undefined;
}

function byHttp(url: string, ms: number): Promise<string | undefined> {
  return new Promise((done) => {
    const late = `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
    const ask = url.startsWith('https:') ? getSecurely : get;
    const request = ask(url, { rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      const code = response.statusCode ?? 0;
      done(code >= 200 && code < 400 ? undefined : `HTTP probe failed with statuscode: ${code}`);
    });
    const timer = setTimeout(() => {
      done(late);
      request.destroy();
    }, ms);
    request.on('close', () => clearTimeout(timer));
    request.on('error', (error) => done(`Get "${url}": ${error.message}`));
  });
}

function byTcp(host: string, port: number, ms: number): Promise<string | undefined> {
  return new Promise((done) => {
    const socket = connect(port, host, () => {
      done(undefined);
      socket.destroy();
    });
    socket.setTimeout(ms, () => {
      done(`dial tcp ${host}:${port}: i/o timeout`);
      socket.destroy();
    });
    socket.on('error', (error) => done(`dial tcp ${host}:${port}: ${error.message}`));
  });
}

function byExec(command: readonly string[], running: Running, ms: number): Promise<string | undefined> {
  return new Promise((done) => {
    const [program = '', ...args] = command;
    try {
      const child = running.exec(program, args, ['ignore', 'pipe', 'pipe']);
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => {
          output = `${output}${chunk.toString('utf8')}`.slice(0, 1000);
        });
      const timer = setTimeout(() => {
        done(`command "${command.join(' ')}" timed out`);
        child.kill('SIGKILL');
      }, ms);
      child.on('error', (error) => done(error.message));
      child.on('close', (code) => {
        clearTimeout(timer);
        done(code === 0 ? undefined : output.trim());
      });
    } catch (error) {
      done((error as Error).message);
    }
  });
}
