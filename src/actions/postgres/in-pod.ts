/** Runs a fixed shell script inside the container of a pod that has the database; what people typed goes in as arguments. */
import type { V1Pod } from '@kubernetes/client-node';
import type { Plan } from '../../incidents/plan.ts';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { connect } from '../kubernetes/client.ts';
import { exec } from '../kubernetes/exec.ts';
import { ownerOfPod } from '../kubernetes/pod-owner.ts';
import { asked } from '../kubernetes/status-error.ts';
import { shortWords } from '../redact/short-words.ts';

export interface Inside {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly uid: string;
  readonly owner?: Plan['target']['owner'];
}

type Reaching = Pick<Call, 'reach' | 'signal' | 'namespace'>;

/**
 * Images keep PostgreSQL's programs in different places, often outside PATH; the newest version comes first, because
 * pg_dump must not be older than the server. Messages in English, because they are read here.
 * openssl hashes three times as fast as sha256sum where the processor helps (0.25 s and 0.85 s for 300 MB).
 */
export const PREFACE = script`
  more=
  for d in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/bitnami/postgresql/bin; do
    [ -d "$d" ] && more=":$d$more"
  done
  PATH=$PATH$more LC_ALL=C
  export PATH LC_ALL
  hash_of() {
    if command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r "$1"; else sha256sum "$1"; fi | cut -d ' ' -f 1
  }
`;

/**
 * The container that PostgreSQL runs in: the one that the pod names as its default, the one that opens port 5432, the
 * one that is named like a database, else the first.
 */
export function databaseContainer(pod: V1Pod): string {
  const containers = pod.spec?.containers ?? [];
  const named = pod.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  const found =
    containers.find((c) => c.name === named) ??
    containers.find((c) => c.ports?.some((port) => port.containerPort === 5432)) ??
    containers.find((c) => /^(database|db|postgres(ql)?|patroni|spilo)$/.test(c.name)) ??
    containers[0];
  return found?.name ?? '';
}

/** Looks the pod up. Throws ActionFailed when it is not there. */
export async function inside(call: Reaching, pod: string): Promise<Inside> {
  const cluster = await connect(call);
  const found = await asked(
    `reading pod ${pod} in ${call.namespace}`,
    cluster.core.readNamespacedPod({ name: pod, namespace: call.namespace }),
  );
  return {
    namespace: call.namespace,
    pod,
    container: databaseContainer(found),
    uid: found.metadata?.uid ?? '',
    ...ownerOfPod(found),
  };
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `text`, which must be a constant, with `args` as `$1`, `$2` …
 * Throws ActionFailed as `exec` does: with `nothingHappened` only when the script was not started.
 */
export async function runScript(
  call: Reaching,
  where: Pick<Inside, 'pod' | 'container'>,
  text: string,
  args: readonly string[],
): Promise<Ran> {
  return await exec(call, {
    namespace: call.namespace,
    pod: where.pod,
    ...(where.container ? { container: where.container } : {}),
    argv: ['sh', '-c', `${PREFACE}\n${text}`, 'handrail', ...args],
  });
}

/** What scripts print: lines of `key value`; a key may come several times. Unknown keys are ignored by who reads it. */
export class Printed {
  private readonly lines: readonly (readonly [string, string])[];

  constructor(text: string) {
    this.lines = text.split('\n').flatMap((line) => {
      const at = line.indexOf(' ');
      return line === '' ? [] : [at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]];
    }) as (readonly [string, string])[];
  }

  all(key: string): string[] {
    return this.lines.filter(([name]) => name === key).map(([, value]) => value);
  }

  text(key: string): string | undefined {
    return this.all(key)[0];
  }

  /** A whole number of zero or more, else undefined. */
  int(key: string): number | undefined {
    const value = this.text(key);
    return value !== undefined && /^\d{1,16}$/.test(value) ? Number(value) : undefined;
  }
}

/** What a program in the pod complained about, short and without secrets. */
export function complaint(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return shortWords(lines.slice(0, 3).join(' '), 400) || 'it gave no reason';
}

/** A failure that has changed nothing: for plans and checks. */
export function untouched(says: string): ActionFailed {
  return new ActionFailed(says, { nothingHappened: true });
}

/** A shell script without its indentation: it travels in the address of the request, where every byte counts. */
export function script(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts
    .reduce((text, part, index) => `${text}${values[index - 1] ?? ''}${part}`)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
