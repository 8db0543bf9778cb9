/** Writes kubectl commands that a person can paste: every word quoted where the shell would change it. */

/** One word for a POSIX shell; `placeholder` (such as `<pod>`) when the value is not known yet. */
export function word(value: unknown, placeholder: string): string {
  if (value === undefined || value === null || value === '') return placeholder;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** `kubectl -n NAMESPACE …`. */
export function kubectl(namespace: string, rest: string): string {
  return `kubectl -n ${word(namespace, '<namespace>')} ${rest}`;
}

/** As `kubectl`; with OpenShift's own client for what only it knows how to handle. */
export function commandFor(kind: unknown, namespace: string, rest: string): string {
  const line = kubectl(namespace, rest);
  return kind === 'deploymentconfig' ? line.replace(/^kubectl/, 'oc') : line;
}

/** `kubectl -n NAMESPACE exec POD [-c CONTAINER] -- ARGV`. */
export function kubectlExec(
  namespace: string,
  params: { pod?: unknown; container?: unknown },
  argv: readonly string[],
): string {
  const container = params.container ? ` -c ${word(params.container, '<container>')}` : '';
  return kubectl(namespace, `exec ${word(params.pod, '<pod>')}${container} -- ${argv.join(' ')}`);
}
