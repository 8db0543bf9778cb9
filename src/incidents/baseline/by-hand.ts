/** The objects that commands for a person name: what somebody changed with them is recorded by their step. */

/** Kinds that a snapshot holds, by the words that kubectl and oc know them by. */
const KINDS: Readonly<Record<string, string>> = {
  deployment: 'Deployment',
  deploy: 'Deployment',
  statefulset: 'StatefulSet',
  sts: 'StatefulSet',
  deploymentconfig: 'DeploymentConfig',
  dc: 'DeploymentConfig',
  service: 'Service',
  svc: 'Service',
  configmap: 'ConfigMap',
  cm: 'ConfigMap',
  secret: 'Secret',
  serviceaccount: 'ServiceAccount',
  sa: 'ServiceAccount',
  persistentvolumeclaim: 'PersistentVolumeClaim',
  pvc: 'PersistentVolumeClaim',
  horizontalpodautoscaler: 'HorizontalPodAutoscaler',
  hpa: 'HorizontalPodAutoscaler',
  rolebinding: 'RoleBinding',
};
/** Words that change nothing. */
const READS = /^(get|describe|logs|wait|top|explain|exec|port-forward|cp|auth|rollout (status|history)) /;

/** Written `kind/name` or `kind name`; nothing of a command that only reads. */
export function objectsIn(command: string): { kind: string; name: string }[] {
  const words = command.split(/\s+/).filter((word) => word !== '');
  const [program, ...rest] = words;
  if (program === undefined || !/(^|\/)(kubectl|oc)$/.test(program)) return [];
  const verbs = rest.filter(
    (word, at) => !word.startsWith('-') && !/^(-n|--namespace)$/.test(rest[at - 1] ?? ''),
  );
  if (verbs.length === 0 || READS.test(`${verbs.join(' ')} `)) return [];
  return words.flatMap((word, at) => {
    const [kind = '', name] = word.split('/');
    const known = KINDS[kind.toLowerCase().replace(/(?<=..)s$/, '')] ?? KINDS[kind.toLowerCase()];
    const named = name ?? words[at + 1];
    return known && named && !named.startsWith('-') ? [{ kind: known, name: named }] : [];
  });
}
