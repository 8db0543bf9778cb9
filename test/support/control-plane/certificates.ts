// Certificates for a control plane of one test: one authority, and leaves signed by it, made with openssl.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Authority {
  readonly folder: string;
  readonly openssl: string;
}

export interface Leaf {
  readonly key: string;
  readonly certificate: string;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes `folder` with a new authority (ca.key, ca.crt) and the service account key pair (sa.key, sa.pub). */
export async function makeAuthority(openssl: string, folder: string): Promise<Authority> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  const authority = ['req', '-x509', ...newKey, '-subj', '/CN=test-authority', '-days', '30'];
  await execute(openssl, [...authority, '-keyout', at('ca.key'), '-out', at('ca.crt')]);
  await execute(openssl, ['genrsa', '-out', at('sa.key'), '2048']);
  await execute(openssl, ['rsa', '-in', at('sa.key'), '-pubout', '-out', at('sa.pub')]);
  return { folder, openssl };
}

/**
 * A key and certificate for `subject` (groups are organisations: Kubernetes reads user and groups from CN and O),
 * good for serving under the `names` (openssl's form, such as `IP:127.0.0.1,DNS:localhost`) and for clients.
 */
export async function makeLeaf(
  authority: Authority,
  file: string,
  subject: { readonly user: string; readonly groups?: readonly string[] },
  names?: string,
): Promise<Leaf> {
  const at = (name: string) => join(authority.folder, name);
  const [key, certificate] = [at(`${file}.key`), at(`${file}.crt`)];
  const [request, extensions] = [at(`${file}.csr`), at(`${file}.ext`)];
  const parts = [
    ...(subject.groups ?? []).map((group) => `O=${escape(group)}`),
    `CN=${escape(subject.user)}`,
  ];
  await writeFile(
    extensions,
    `extendedKeyUsage=serverAuth,clientAuth\n${names ? `subjectAltName=${names}\n` : ''}`,
  );
  const ask = ['req', '-new', ...newKey, '-utf8', '-subj', `/${parts.join('/')}`];
  await execute(authority.openssl, [...ask, '-keyout', key, '-out', request]);
  const serial = `0x${randomBytes(8).toString('hex')}`;
  const sign = ['x509', '-req', '-in', request, '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-days', '30'];
  const output = ['-set_serial', serial, '-extfile', extensions, '-out', certificate];
  await execute(authority.openssl, [...sign, ...output]);
  await rm(request);
  await rm(extensions);
  return { key, certificate };
}

function escape(text: string): string {
  return text.replace(/[\\/+]/g, (sign) => `\\${sign}`);
}
