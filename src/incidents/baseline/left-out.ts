/** What a comparison of two snapshots leaves out: what controllers write, and objects that the machinery keeps. */

/** What keeps itself up to date; a person or a pipeline does not write under these names. */
const MACHINERY =
  /^(kube-controller-manager|kube-scheduler|kubelet|kube-apiserver|cloud-controller-manager|cluster-autoscaler|vpa-|patroni|openshift-controller-manager|cluster-policy-controller|service-ca|k3s|pvc-protection|external-|csi-|cert-manager|keda|metrics-server)/i;

/** Operators and GitOps: what they write stands in another object or in git. `manager` is kubebuilder's default name. */
const CONTROLLERS =
  /(operator|controller)(-manager)?$|^(argocd|argo-cd|flux|kustomize-controller|helm-controller|manager$)/i;

/** True for the cluster's own machinery, by the name it writes under (managedFields). */
export function isMachinery(manager: string): boolean {
  return MACHINERY.test(manager);
}

/** True for everything that writes by itself: the machinery, operators, GitOps. */
export function isController(manager: string): boolean {
  return isMachinery(manager) || CONTROLLERS.test(manager);
}

/** What tells whether an object is the machinery's own. */
export interface Traits {
  readonly kind: string;
  readonly name: string;
  /** A Secret's type. */
  readonly type?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** A ConfigMap that holds nothing. */
  readonly empty?: boolean;
}

const PATRONI_OBJECT = /-(config|leader|failover|sync|failsafe)$/;
/** Annotations that Patroni keeps its state in (patroni/dcs/kubernetes.py). */
const PATRONI_STATE = ['leader', 'optime', 'initialize', 'history', 'config', 'sync_standby'];

const OF_ITSELF: readonly [test: (one: Traits) => boolean, why: string][] = [
  [({ type }) => type === 'kubernetes.io/service-account-token', 'token of a service account'],
  [({ type }) => type === 'bootstrap.kubernetes.io/token', 'token for a new node'],
  [({ type, name }) => type === 'kubernetes.io/dockercfg' && /-dockercfg-\w{5}$/.test(name), 'token'],
  [({ type }) => type === 'kubernetes.io/tls', 'certificate'],
  [({ type }) => type?.startsWith('helm.sh/') === true, "Helm's own record of a release"],
  [({ annotations }) => Object.keys(annotations).some(ofCertificate), 'certificate'],
  [({ kind, name }) => kind === 'ConfigMap' && /(^|-)(root|service)-ca\.crt$/.test(name), 'certificate'],
  [({ labels }) => labels['config.openshift.io/inject-trusted-cabundle'] !== undefined, 'certificate'],
  [({ annotations }) => 'control-plane.alpha.kubernetes.io/leader' in annotations, "a controller's own lock"],
  [patronisOwn, "Patroni's own state"],
];

function ofCertificate(annotation: string): boolean {
  return /^(cert-manager\.io\/|service\.(alpha|beta)\.openshift\.io\/(originating-service|inject-cabundle|expiry))/.test(
    annotation,
  );
}

/** All of its state stands in annotations; after a failover `-failover` has none of them any more (seen in the lab). */
function patronisOwn({ kind, name, annotations, empty }: Traits): boolean {
  const named = kind === 'ConfigMap' && PATRONI_OBJECT.test(name);
  return named && (empty === true || PATRONI_STATE.some((key) => key in annotations));
}

/** Why an object is not compared at all; undefined when it is. */
export function machinerysOwn(traits: Traits): string | undefined {
  return OF_ITSELF.find(([test]) => test(traits))?.[1];
}

/** Certificates are renewed by themselves: an entry of a ConfigMap or Secret that is one is not compared. */
export function isCertificate(value: string): boolean {
  return /^\s*-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(value);
}

/** The pull secrets that OpenShift gives to each service account, named anew whenever it makes them. */
export function isGivenPullSecret(name: string): boolean {
  return /-dockercfg-\w{5}$/.test(name);
}
