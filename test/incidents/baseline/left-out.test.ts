/** Which objects and which writers are the machinery's own. */
import { describe, expect, it } from 'vitest';
import {
  isCertificate,
  isController,
  isGivenPullSecret,
  isMachinery,
  machinerysOwn,
  type Traits,
} from '../../../src/incidents/baseline/left-out.ts';

const object = (kind: string, name: string, more: Partial<Traits> = {}): Traits => ({
  kind,
  name,
  labels: {},
  annotations: {},
  ...more,
});

describe("objects of the machinery's own", () => {
  it.each<[Traits, string]>([
    [object('Secret', 'default-token-x', { type: 'kubernetes.io/service-account-token' }), 'token'],
    [object('Secret', 'builder-dockercfg-7xk2p', { type: 'kubernetes.io/dockercfg' }), 'token'],
    [object('Secret', 'web-tls', { type: 'kubernetes.io/tls' }), 'certificate'],
    [object('Secret', 'sh.helm.release.v1.web.v3', { type: 'helm.sh/release.v1' }), 'Helm'],
    [object('Secret', 'made', { annotations: { 'cert-manager.io/certificate-name': 'x' } }), 'certificate'],
    [object('ConfigMap', 'kube-root-ca.crt'), 'certificate'],
    [object('ConfigMap', 'openshift-service-ca.crt'), 'certificate'],
    [
      object('ConfigMap', 'lock', { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }),
      'lock',
    ],
    [object('ConfigMap', 'db-leader', { annotations: { leader: 'db-0', optime: '1' } }), 'Patroni'],
    [object('ConfigMap', 'db-config', { annotations: { config: '{}' } }), 'Patroni'],
    // After a failover nothing is left in it.
    [object('ConfigMap', 'db-failover', { empty: true }), 'Patroni'],
  ])('%j', (traits, words) => {
    expect(machinerysOwn(traits)).toContain(words);
  });

  it.each([
    object('Secret', 'login', { type: 'Opaque' }),
    object('Secret', 'registry', { type: 'kubernetes.io/dockerconfigjson' }),
    object('ConfigMap', 'web-config'),
    object('ConfigMap', 'settings', { empty: true }),
    object('Service', 'db', { annotations: { leader: 'x' } }),
    object('RoleBinding', 'admin'),
  ])('not %j', (traits) => {
    expect(machinerysOwn(traits)).toBeUndefined();
  });
});

describe('writers', () => {
  it.each(['kube-controller-manager', 'Patroni', 'kubelet', 'cert-manager-controller'])(
    'machinery: %s',
    (name) => {
      expect(isMachinery(name) && isController(name)).toBe(true);
    },
  );
  it.each(['argocd-application-controller', 'postgres-operator', 'helm-controller', 'manager'])(
    'write by themselves: %s',
    (name) => {
      expect(isController(name)).toBe(true);
    },
  );
  it.each(['kubectl-edit', 'kubectl-set', 'handrail', 'helm', 'oc', 'Mozilla', 'manager-of-shop'])(
    'people: %s',
    (name) => {
      expect(isController(name)).toBe(false);
    },
  );
});

describe('entries', () => {
  it('that are certificates, and not keys', () => {
    expect(isCertificate('-----BEGIN CERTIFICATE-----\nMII')).toBe(true);
    expect(isCertificate('\n-----BEGIN CERTIFICATE-----')).toBe(true);
    expect(isCertificate('-----BEGIN PRIVATE KEY-----')).toBe(false);
    expect(isCertificate('log_level=debug')).toBe(false);
  });
  it("that are pull secrets of OpenShift's own", () => {
    expect(isGivenPullSecret('default-dockercfg-4zxqv')).toBe(true);
    expect(isGivenPullSecret('team-registry')).toBe(false);
  });
});
