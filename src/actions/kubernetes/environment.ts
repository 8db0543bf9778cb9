/** The settings a container starts with: environment, references, expansion, arguments, and the files they point to. */
import type { V1Container, V1EnvVar, V1PodSpec, V1Volume } from '@kubernetes/client-node';
import type { Setting } from './settings.ts';
import { settingsOfFile } from './settings.ts';

/** A ConfigMap or Secret as read: its texts, or why they could not be had. */
export type Source = { readonly data: Readonly<Record<string, string>> } | 'missing' | 'denied';

/** Reads a ConfigMap or Secret of the pod's own namespace. */
export type ReadSource = (kind: 'ConfigMap' | 'Secret', name: string) => Promise<Source>;

export interface Environment {
  readonly settings: readonly Setting[];
  readonly unknowns: readonly Unread[];
}

/** What could not be read, in words, without values. */
export interface Unread {
  readonly words: string;
  /** True when a database may be named there; a password that may not be read hides nothing. */
  readonly matters: boolean;
}

const HIDES_NOTHING = /PASS|PWD|USER|TOKEN|KEY|SALT|CERT|SECRET/i;
const DATABASE_LIKE = /DB|DATABASE|DATASOURCE|SQL|POSTGRES|PG|CONNECTION/i;

function matters(name: string): boolean {
  return DATABASE_LIKE.test(name) && !HIDES_NOTHING.test(name);
}

/**
 * As the kubelet does it: `envFrom` in order, then `env`, a later name wins; `$(NAME)` is expanded in `value` only,
 * from names defined before, `$$(` is a plain `$(` (kubernetes.io: "Define Dependent Environment Variables").
 */
export async function environmentOf(
  pod: V1PodSpec,
  container: V1Container,
  namespace: string,
  read: ReadSource,
): Promise<Environment> {
  const settings = new Map<string, Setting>();
  const unknowns: Unread[] = [];
  for (const from of container.envFrom ?? []) {
    const reference = from.configMapRef ?? from.secretRef;
    if (!reference?.name) continue;
    const kind = from.configMapRef ? 'ConfigMap' : 'Secret';
    const source = await read(kind, reference.name);
    if (typeof source === 'string') {
      if (!(source === 'missing' && reference.optional))
        unknowns.push({ words: cannot(source, kind, reference.name), matters: true });
      continue;
    }
    for (const [key, value] of Object.entries(source.data)) {
      const name = `${from.prefix ?? ''}${key}`;
      settings.set(name, { name, value, where: `env ${name} from ${kind} ${reference.name}` });
    }
  }
  for (const variable of container.env ?? []) {
    const setting = await resolve(variable, settings, namespace, read, unknowns);
    if (setting) settings.set(variable.name, setting);
  }
  const expanded = [...settings.values()];
  const words = [...(container.command ?? []), ...(container.args ?? [])].map((text) =>
    expand(text, settings),
  );
  expanded.push(...argumentsOf(words, container.name));
  const files = await filesOf(pod, container, expanded, read, unknowns);
  return { settings: [...expanded, ...files], unknowns };
}

function cannot(why: 'missing' | 'denied', kind: string, name: string): string {
  return why === 'denied' ? `no right to read ${kind} ${name}` : `${kind} ${name} is not there`;
}

async function resolve(
  variable: V1EnvVar,
  defined: ReadonlyMap<string, Setting>,
  namespace: string,
  read: ReadSource,
  unknowns: Unread[],
): Promise<Setting | undefined> {
  const { name, valueFrom } = variable;
  if (!valueFrom) {
    return { name, value: expand(variable.value ?? '', defined), where: `env ${name}` };
  }
  const key = valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef;
  if (key?.name) {
    const kind = valueFrom.configMapKeyRef ? 'ConfigMap' : 'Secret';
    const source = await read(kind, key.name);
    const at = `env ${name} from ${kind} ${key.name} key ${key.key}`;
    const value = typeof source === 'string' ? undefined : source.data[key.key];
    if (value !== undefined) return { name, value, where: at };
    if (typeof source === 'string' && source === 'denied') {
      unknowns.push({ words: `${cannot(source, kind, key.name)} (env ${name})`, matters: matters(name) });
    } else if (!key.optional) {
      unknowns.push({
        words: `${kind} ${key.name} has no key ${key.key} (env ${name})`,
        matters: matters(name),
      });
    }
    return undefined;
  }
  if (valueFrom.fieldRef?.fieldPath === 'metadata.namespace')
    return { name, value: namespace, where: `env ${name}` };
  return undefined;
}

/** `$(NAME)` from what is defined; unknown names and `$$(` stay as the kubelet leaves them. */
export function expand(text: string, defined: ReadonlyMap<string, { readonly value: string }>): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (match, name: string | undefined) => {
    if (match === '$$') return '$';
    return defined.get(name ?? '')?.value ?? match;
  });
}

/** `--db-host=x`, `--db-host x`, and words that are connection strings themselves. */
function argumentsOf(words: readonly string[], container: string): Setting[] {
  const settings: Setting[] = [];
  for (const [i, text] of words.entries()) {
    const option = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(text);
    const name = option?.[1] ?? 'ARGUMENT';
    const value = option ? (option[2] ?? words[i + 1] ?? '') : text;
    // By position: an option's name may hold a secret (`-pSECRET`).
    settings.push({ name, value, where: `argument ${i + 1} of container ${container}` });
  }
  return settings;
}

interface Mounted {
  readonly text?: string;
  readonly where: string;
  readonly why?: 'missing' | 'denied';
}

/** Files of ConfigMaps and Secrets that a setting's value names by path (`DATABASE_URL_FILE`, `PGSERVICEFILE`). */
async function filesOf(
  pod: V1PodSpec,
  container: V1Container,
  settings: readonly Setting[],
  read: ReadSource,
  unknowns: Unread[],
): Promise<Setting[]> {
  const found: Setting[] = [];
  for (const setting of settings) {
    const path = setting.value.trim().replace(/^file:(\/\/)?/, '');
    if (!/^\/[^\s:;]+$/.test(path) || /SOCKET|PGHOST$/.test(setting.name)) continue;
    const mounted = await mountedFile(pod, container, path, read);
    if (!mounted) {
      if (/(DB|DATABASE|PG|POSTGRES)\w*_FILE$|^PGSERVICEFILE$/i.test(setting.name)) {
        unknowns.push({
          words: `${setting.where} points to ${path}, which only the container itself can show`,
          matters: matters(setting.name),
        });
      }
      continue;
    }
    if (mounted.why) {
      const why = mounted.why === 'denied' ? 'may not be read' : 'is not there';
      unknowns.push({ words: `${setting.where}: ${mounted.where} ${why}`, matters: matters(setting.name) });
    }
    if (mounted.text === undefined) continue;
    found.push(
      ...settingsOfFile(mounted.text, setting.name, `file ${path} from ${mounted.where} (${setting.where})`),
    );
  }
  return found;
}

async function mountedFile(
  pod: V1PodSpec,
  container: V1Container,
  path: string,
  read: ReadSource,
): Promise<Mounted | undefined> {
  const mounts = (container.volumeMounts ?? [])
    .filter((mount) => path === mount.mountPath || path.startsWith(`${mount.mountPath.replace(/\/$/, '')}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  const mount = mounts[0];
  const volume = pod.volumes?.find((v) => v.name === mount?.name);
  if (!mount || !volume) return undefined;
  const inside = path.slice(mount.mountPath.replace(/\/$/, '').length + 1);
  const file = mount.subPath ? (inside ? `${mount.subPath}/${inside}` : mount.subPath) : inside;
  for (const { kind, name, items } of sourcesOf(volume)) {
    const key = items ? items.find((item) => item.path === file)?.key : file;
    if (!key) continue;
    const source = await read(kind, name);
    const where = `${kind} ${name} key ${key}`;
    if (typeof source === 'string') return { where, why: source };
    const text = source.data[key];
    if (text !== undefined) return { text, where };
  }
  return undefined;
}

interface VolumeSource {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

function sourcesOf(volume: V1Volume): VolumeSource[] {
  const sources: VolumeSource[] = [];
  const add = (kind: VolumeSource['kind'], name: string | undefined, items?: VolumeSource['items']): void => {
    if (name) sources.push({ kind, name, ...(items ? { items } : {}) });
  };
  add('ConfigMap', volume.configMap?.name, volume.configMap?.items);
  add('Secret', volume.secret?.secretName, volume.secret?.items);
  for (const part of volume.projected?.sources ?? []) {
    add('ConfigMap', part.configMap?.name, part.configMap?.items);
    add('Secret', part.secret?.name, part.secret?.items);
  }
  return sources;
}
