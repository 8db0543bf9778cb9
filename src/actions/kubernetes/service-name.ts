/** Which Service a host name means, as cluster DNS reads it. */

export type HostMeans =
  | { readonly kind: 'service'; readonly name: string; readonly namespace: string; readonly pod?: string }
  /** The pod itself: a proxy beside the application decides where it goes. */
  | { readonly kind: 'own pod' }
  | { readonly kind: 'address' }
  | { readonly kind: 'outside' };

/**
 * Every reading of the name, likeliest first: `a.b` is Service a in namespace b, or pod a of the headless Service b
 * here; without `.svc` it may also be a name outside the cluster.
 * Source: "DNS for Services and Pods", kubernetes.io; the cluster's domain is usually `cluster.local`.
 */
export function meaningsOf(host: string, namespace: string): HostMeans[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.startsWith('/') || /^127\.\d+\.\d+\.\d+$/.test(name) || name === '::1') {
    return [{ kind: 'own pod' }];
  }
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name) || name.includes(':')) return [{ kind: 'address' }];
  const labels = name.split('.');
  const svc = labels.indexOf('svc');
  if (svc >= 2 && (svc === labels.length - 1 || labels.length - svc >= 2)) {
    const [pod, service, ns] = svc === 2 ? [undefined, labels[0], labels[1]] : labels.slice(svc - 3, svc);
    return [service_(service ?? '', ns ?? '', pod)];
  }
  const [first = '', second = '', third = ''] = labels;
  if (labels.length === 1) return [service_(first, namespace)];
  if (labels.length === 2) {
    return [service_(first, second), service_(second, namespace, first), { kind: 'outside' }];
  }
  if (labels.length === 3) return [service_(second, third, first), { kind: 'outside' }];
  return [{ kind: 'outside' }];
}

function service_(name: string, namespace: string, pod?: string): HostMeans {
  return { kind: 'service', name, namespace, ...(pod ? { pod } : {}) };
}
