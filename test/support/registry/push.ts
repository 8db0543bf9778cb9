/** Puts images into a registry through its API, as `docker push` does. */
import { createHash } from 'node:crypto';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

export interface Pushed {
  readonly digest: string;
  readonly layers: readonly string[];
  readonly config: string;
}

interface Wanted {
  readonly created?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: readonly string[];
  readonly architecture?: string;
}

export interface Pusher {
  /** One image under a tag, or under its digest only. */
  image(repository: string, tag: string | undefined, wanted?: Wanted): Promise<Pushed>;
  /** A list of images for several platforms. */
  index(
    repository: string,
    tag: string,
    images: readonly { digest: string; architecture: string }[],
  ): Promise<string>;
}

/** `authorization` gives the header for a repository, where one is needed. */
export function pusher(
  host: string,
  authorization: (repository: string) => Promise<string | undefined> = async () => undefined,
): Pusher {
  const send = async (repository: string, path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    const auth = await authorization(repository);
    if (auth !== undefined) headers.set('authorization', auth);
    const response = await fetch(new URL(path, `http://${host}/v2/${repository}/`), { ...init, headers });
    if (!response.ok) throw new Error(`${init.method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const blob = async (repository: string, body: Buffer): Promise<{ digest: string; size: number }> => {
    const digest = digestOf(body);
    const begun = await send(repository, 'blobs/uploads/', { method: 'POST' });
    const place = new URL(begun.headers.get('location') ?? '', `http://${host}`);
    place.searchParams.set('digest', digest);
    await send(repository, place.href, {
      method: 'PUT',
      body: new Uint8Array(body),
      headers: { 'content-type': 'application/octet-stream' },
    });
    return { digest, size: body.length };
  };
  const manifest = async (repository: string, name: string, type: string, value: object) => {
    const body = Buffer.from(JSON.stringify(value));
    await send(repository, `manifests/${name}`, {
      method: 'PUT',
      body: new Uint8Array(body),
      headers: { 'content-type': type },
    });
    return digestOf(body);
  };
  return {
    async image(repository, tag, { created, labels = {}, env = [], architecture = 'amd64' } = {}) {
      const text = JSON.stringify({
        ...(created === undefined ? {} : { created }),
        architecture,
        os: 'linux',
        config: { Labels: labels, Env: env },
        rootfs: { type: 'layers', diff_ids: [] },
      });
      const config = await blob(repository, Buffer.from(text));
      const layers = [await blob(repository, Buffer.from(`layer of ${repository}:${tag} ${text}`))];
      const value = {
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
        layers: layers.map((layer) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer })),
      };
      const name = tag ?? digestOf(Buffer.from(JSON.stringify(value)));
      const digest = await manifest(repository, name, MANIFEST, value);
      return { digest, config: config.digest, layers: layers.map((layer) => layer.digest) };
    },
    index: (repository, tag, images) =>
      manifest(repository, tag, INDEX, {
        schemaVersion: 2,
        mediaType: INDEX,
        manifests: images.map(({ digest, architecture }) => ({
          mediaType: MANIFEST,
          digest,
          size: 1,
          platform: { os: 'linux', architecture },
        })),
      }),
  };
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
