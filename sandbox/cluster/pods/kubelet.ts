/** Plays the nodes' kubelets: starts, restarts and ends the containers of scheduled pods, and reports their status. */
import { resourceOf } from '../api/resources.ts';
import type { By, Store } from '../api/store.ts';
import { type Pod, sameJson } from '../api/wire.ts';
import { tell } from '../events.ts';
import { backOffMs, backOffState, backOffWords } from './back-off.ts';
import type { Behaviour } from './behaviour.ts';
import { type Container, containerId, runningRun } from './container.ts';
import type { KubeletOptions } from './kubelet-options.ts';
import { Log } from './log.ts';
import { podStatus } from './pod-status.ts';

interface Tracked {
  pod: Pod;
  readonly ip: string;
  readonly containers: readonly Container[];
  leaving: boolean;
}

const pods = resourceOf('Pod');
const by: By = { manager: 'kubelet', operation: 'Update', subresource: 'status' };

export class Kubelet {
  /** While a world's past is made, what takes time happens at once. */
  hurries = false;
  private readonly store: Store;
  private readonly options: KubeletOptions;
  private readonly tracked = new Map<string, Tracked>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private hurried: (() => void)[] = [];
  private addresses = 10;

  constructor(store: Store, options: KubeletOptions) {
    this.store = store;
    this.options = options;
  }

  /** The containers of a pod, for logs and exec. */
  container(namespace: string, pod: string, name: string): Container | undefined {
    return this.find(namespace, pod)?.containers.find((one) => one.spec.name === name);
  }

  /** Writes a line to the log of a running container. */
  say(namespace: string, pod: string, container: string, line: string): void {
    const found = this.container(namespace, pod, container);
    if (found) runningRun(found)?.log.add(this.store.now(), line);
  }

  /** Follows the store: new pods, deleted pods, and what the world now says about each container. */
  sync(): void {
    const seen = new Set<string>();
    for (const pod of this.store.list<Pod>('Pod')) {
      if (!pod.spec.nodeName) continue;
      seen.add(pod.metadata.uid);
      const known = this.tracked.get(pod.metadata.uid);
      if (known) known.pod = pod;
      if (pod.metadata.deletionTimestamp !== undefined) this.leave(known ?? this.track(pod));
      else if (!known && !['Succeeded', 'Failed'].includes(pod.status.phase ?? ''))
        this.begin(this.track(pod));
      else if (known) for (const container of known.containers) this.look(known, container);
    }
    for (const [uid, one] of this.tracked) if (!seen.has(uid)) this.forget(one);
  }

  /** Does everything that `hurries` has put off; true when there was something. */
  settle(): boolean {
    const now = this.hurried;
    this.hurried = [];
    for (const step of now) step();
    return now.length > 0;
  }

  /** Says again what is still wrong, as a kubelet does every few minutes: its events are never old. */
  remind(): void {
    for (const one of this.tracked.values()) {
      for (const container of one.containers) {
        if (container.waiting?.reason === 'CrashLoopBackOff') {
          const said = backOffWords(one.pod, container);
          this.happens(one, container, 'Warning', 'BackOff', said);
        } else if (runningRun(container) && !container.ready) {
          const behaviour = this.options.behaviour(one.pod, container.spec);
          this.unhealthy(one, container, behaviour.is === 'running' ? behaviour.probe : undefined);
        }
      }
    }
  }

  /** After the past: containers that wait for a restart get their timer. */
  goOn(): void {
    this.hurries = false;
    for (const one of this.tracked.values()) {
      for (const container of one.containers) {
        if (container.waiting?.reason === 'CrashLoopBackOff') this.restartLater(one, container);
      }
    }
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    for (const one of this.tracked.values()) this.forget(one);
  }

  private find(namespace: string, name: string): Tracked | undefined {
    const all = [...this.tracked.values()];
    return all.find(({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name);
  }

  private track(pod: Pod): Tracked {
    this.addresses += 1;
    const ip =
      this.options.podIp?.(pod) ?? `10.129.${Math.floor(this.addresses / 250)}.${this.addresses % 250}`;
    const containers = pod.spec.containers.map((spec): Container => ({ spec, restarts: 0, ready: false }));
    const one: Tracked = { pod, ip, containers, leaving: false };
    this.tracked.set(pod.metadata.uid, one);
    return one;
  }

  private begin(one: Tracked): void {
    this.report(one);
    for (const container of one.containers)
      this.after(this.options.stepMs ?? 30, one, () => this.start(one, container));
  }

  private start(one: Tracked, container: Container): void {
    const behaviour = this.options.behaviour(one.pod, container.spec);
    if (behaviour.is === 'no image') return this.cannotPull(one, container, behaviour);
    container.waiting = undefined;
    const again = container.run !== undefined;
    if (again) container.restarts += 1;
    const past = behaviour.is === 'ending' && this.hurries ? (behaviour.restarts ?? 0) : 0;
    if (past > container.restarts) {
      container.restarts = past - 1;
      container.run = {
        id: containerId(one.pod.metadata.uid, container.spec.name, past - 1),
        startedAt: this.store.now(),
        log: new Log(),
      };
      this.end(one, container, behaviour as Extract<Behaviour, { is: 'ending' }>);
      container.restarts = past;
    }
    container.previous = container.run;
    const startedAt =
      behaviour.is === 'ending' && this.hurries
        ? (behaviour.lastEnded ?? this.store.now())
        : this.store.now();
    const log = new Log();
    container.run = {
      id: containerId(one.pod.metadata.uid, container.spec.name, container.restarts),
      startedAt,
      log,
    };
    for (const line of behaviour.log ?? []) log.add(startedAt, line);
    this.happens(one, container, 'Normal', 'Started', `Started container ${container.spec.name}`);
    container.ready = behaviour.is === 'running' && behaviour.ready;
    if (behaviour.is === 'running' && !behaviour.ready) this.unhealthy(one, container, behaviour.probe);
    this.report(one);
    if (behaviour.is === 'ending') {
      this.after(this.options.stepMs ?? 30, one, () => {
        this.end(one, container, behaviour);
        this.afterEnd(one, container, behaviour.exitCode);
      });
    }
  }

  private end(one: Tracked, container: Container, behaviour: Extract<Behaviour, { is: 'ending' }>): void {
    const { run } = container;
    if (!run) return;
    const finishedAt = (this.hurries ? behaviour.lastEnded : undefined) ?? this.store.now();
    const reason = behaviour.reason ?? (behaviour.exitCode === 0 ? 'Completed' : 'Error');
    run.ending = { exitCode: behaviour.exitCode, reason, finishedAt };
    run.log.end();
    container.ready = false;
    this.report(one);
  }

  private afterEnd(one: Tracked, container: Container, exitCode: number): void {
    const policy = one.pod.spec.restartPolicy ?? 'Always';
    if (one.leaving || policy === 'Never' || (policy === 'OnFailure' && exitCode === 0)) return;
    if (container.restarts === 0 && !this.hurries) return this.start(one, container);
    container.waiting = backOffState(one.pod, container, backOffMs(container, this.options.backOffMs));
    const said = backOffWords(one.pod, container);
    const times = this.hurries ? { count: container.restarts * 12, first: this.store.now() } : undefined;
    this.happens(one, container, 'Warning', 'BackOff', said, times);
    if (!this.hurries) this.restartLater(one, container);
    this.report(one);
  }

  private restartLater(one: Tracked, container: Container): void {
    this.after(backOffMs(container, this.options.backOffMs), one, () => {
      if (container.waiting) this.start(one, container);
    });
  }

  private cannotPull(
    one: Tracked,
    container: Container,
    behaviour: Extract<Behaviour, { is: 'no image' }>,
  ): void {
    const { image } = container.spec;
    const message = `Back-off pulling image "${image}"`;
    if (container.waiting?.message === message) return;
    container.waiting = { reason: 'ImagePullBackOff', message };
    const why = behaviour.message ?? `${image}: not found`;
    this.happens(one, container, 'Warning', 'Failed', `Failed to pull image "${image}": ${why}`);
    this.happens(one, container, 'Normal', 'BackOff', message);
    this.report(one);
  }

  /** What the world says about a container may have changed while it runs or waits. */
  private look(one: Tracked, container: Container): void {
    if (one.leaving) return;
    const behaviour = this.options.behaviour(one.pod, container.spec);
    if (container.waiting?.reason === 'ImagePullBackOff') {
      if (behaviour.is !== 'no image') this.start(one, container);
      return;
    }
    if (!runningRun(container)) return;
    if (behaviour.is === 'running' && behaviour.ready !== container.ready) {
      container.ready = behaviour.ready;
      if (!behaviour.ready) this.unhealthy(one, container, behaviour.probe);
      this.report(one);
    }
  }

  private unhealthy(one: Tracked, container: Container, probe: string | undefined): void {
    const said = `Readiness probe failed: ${probe ?? 'HTTP probe failed with statuscode: 503'}`;
    const times = this.hurries ? { count: 40, first: this.store.now() } : undefined;
    this.happens(one, container, 'Warning', 'Unhealthy', said, times);
  }

  private leave(one: Tracked): void {
    if (one.leaving) return;
    one.leaving = true;
    for (const container of one.containers) {
      if (runningRun(container))
        this.happens(one, container, 'Normal', 'Killing', `Stopping container ${container.spec.name}`);
    }
    this.after(this.options.stepMs ?? 30, one, () => {
      const { namespace, name, uid } = one.pod.metadata;
      if (this.store.get(pods, namespace, name)?.metadata.uid === uid)
        this.store.remove(pods, namespace, name);
      this.forget(one);
    });
  }

  private forget(one: Tracked): void {
    if (!this.tracked.delete(one.pod.metadata.uid)) return;
    for (const container of one.containers) container.run?.log.end();
    this.options.gone?.(one.pod);
  }

  private report(one: Tracked): void {
    const { namespace, name, uid } = one.pod.metadata;
    const current = this.store.get<Pod>(pods, namespace, name);
    if (current?.metadata.uid !== uid) return;
    const status = podStatus(current, one.containers, one.ip, this.store.now());
    if (sameJson(status, current.status)) return;
    one.pod = this.store.update<Pod>(pods, { namespace, name }, by, (copy) => {
      copy.status = status;
    });
  }

  private happens(
    one: Tracked,
    container: Container,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    times?: { count: number; first: Date },
  ): void {
    const fieldPath = `spec.containers{${container.spec.name}}`;
    const node = one.pod.spec.nodeName ?? '';
    tell(this.store, {
      about: one.pod,
      fieldPath,
      type,
      reason,
      message,
      from: 'kubelet',
      node,
      ...(times ? { times } : {}),
    });
  }

  private after(ms: number, one: Tracked, step: () => void): void {
    const isThere = () => this.tracked.get(one.pod.metadata.uid) === one;
    if (this.hurries) {
      this.hurried.push(() => isThere() && step());
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (isThere()) step();
    }, ms);
    this.timers.add(timer);
  }
}
