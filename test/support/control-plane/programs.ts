// The arguments of etcd and of the Kubernetes programs, as measured to work for a control plane without machines.
import { join } from 'node:path';

export function etcdArguments(dir: string, clientPort: number, peerPort: number): string[] {
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--logger=zap',
    '--log-level=warn',
  ];
}

export function apiserverArguments(
  etcdPort: number,
  port: number,
  {
    controllers = false,
    audit = false,
    serviceRange = '10.0.0.0/16',
  }: { controllers?: boolean; audit?: boolean; serviceRange?: string },
): string[] {
  // TaintNodesByCondition gives a new Node a taint that only the node lifecycle controller, which is off, takes away.
  // ServiceAccount refuses pods until the controllers have made the account.
  const admissionOff = ['TaintNodesByCondition', ...(controllers ? [] : ['ServiceAccount'])];
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    '--tls-cert-file=pki/apiserver.crt',
    '--tls-private-key-file=pki/apiserver.key',
    '--client-ca-file=pki/ca.crt',
    '--token-auth-file=pki/tokens.csv',
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    `--service-cluster-ip-range=${serviceRange}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-signing-key-file=pki/sa.key',
    '--service-account-key-file=pki/sa.pub',
    '--kubelet-client-certificate=pki/to-kubelet.crt',
    '--kubelet-client-key=pki/to-kubelet.key',
    '--kubelet-preferred-address-types=InternalIP',
    '--kubelet-timeout=5s',
    `--disable-admission-plugins=${admissionOff.join(',')}`,
    ...(audit ? ['--audit-policy-file=audit-policy.yaml', '--audit-log-path=log/audit.jsonl'] : []),
  ];
}

export function controllerManagerArguments(kubeconfig: string, port: number, minor: number): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    ...noPlainPort(minor),
    '--service-account-private-key-file=pki/sa.key',
    '--root-ca-file=pki/ca.crt',
    '--controllers=*,-nodelifecycle,-ttl,-nodeipam,-cloud-node-lifecycle,-route,-service',
    '--concurrent-gc-syncs=5',
  ];
}

export function schedulerArguments(kubeconfig: string, minor: number): string[] {
  return [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', ...noPlainPort(minor)];
}

/** Until 1.23 a second, plain port is on unless switched off, and two control planes would fight for it. */
function noPlainPort(minor: number): string[] {
  return minor < 24 ? ['--port=0'] : [];
}
