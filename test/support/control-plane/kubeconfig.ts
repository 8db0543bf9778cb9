// The text of a kubeconfig for one user of the control plane, by token or by client certificate.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Authority, Leaf } from './certificates.ts';

/** A kubeconfig with one context, namespace `default`. Everything is written into it: it can be copied elsewhere. */
export function kubeconfigText(
  url: string,
  authority: Authority,
  user: string,
  credential: { readonly token: string } | Leaf,
): string {
  const data = (file: string) => readFileSync(file).toString('base64');
  const login =
    'token' in credential
      ? { token: credential.token }
      : {
          'client-certificate-data': data(credential.certificate),
          'client-key-data': data(credential.key),
        };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      {
        name: 'test',
        cluster: { server: url, 'certificate-authority-data': data(join(authority.folder, 'ca.crt')) },
      },
    ],
    users: [{ name: user, user: login }],
    contexts: [{ name: 'test', context: { cluster: 'test', user, namespace: 'default' } }],
  });
}
