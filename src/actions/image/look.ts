/** Looks one image up in its registry, whole: manifest, the configuration for our platform, and that every layer is there. */
import { z } from 'zod';
import { RegistryRefused } from './answers.ts';
import { type Declared, declaredBy } from './declared.ts';
import type { ImageReference } from './reference.ts';
import type { Registry } from './registry.ts';

const descriptor = z.object({ digest: z.string() });
const index = z.object({
  manifests: z.array(
    descriptor.extend({
      platform: z
        .object({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
        .optional(),
    }),
  ),
});
const manifest = z.object({ config: descriptor, layers: z.array(descriptor) });
const configuration = z.object({
  created: z.string().optional(),
  architecture: z.string().optional(),
  os: z.string().optional(),
  config: z
    .object({
      Labels: z.record(z.string(), z.string()).nullish(),
      Env: z.array(z.string()).nullish(),
    })
    .nullish(),
});

export interface Image {
  /** Of the manifest or index that the name leads to. */
  readonly digest: string;
  /** ISO 8601, UTC; absent where the image does not say, or says the epoch as reproducible builds do. */
  readonly created?: string;
  /** `linux/amd64`, ... */
  readonly platforms: readonly string[];
  readonly declared: Declared;
}

/** How many layers are asked for at once. */
const AT_ONCE = 6;

/**
 * @throws RegistryRefused; `hollow` when the tag is listed and a part of the image is not there: a name that resolves
 * to nothing is what a tag left over from a deleted or never imported image looks like.
 */
export async function lookAt(registry: Registry, reference: ImageReference): Promise<Image> {
  const name = reference.digest ?? reference.tag ?? 'latest';
  const top = await registry.manifest(name).catch((error: unknown) => whyAbsent(registry, reference, error));
  const several = index.safeParse(top.body).data;
  const chosen = several === undefined ? top : await forUs(registry, several.manifests);
  const parts = manifest.safeParse(chosen.body).data;
  if (parts === undefined) {
    throw new RegistryRefused({
      kind: 'no answer',
      why: 'what it has under this name is no container image',
    });
  }
  const config = configuration.safeParse(
    await registry.blob(parts.config.digest).catch(hollow('its configuration')),
  );
  await everyLayer(
    registry,
    parts.layers.map((layer) => layer.digest),
  );
  const said = config.data;
  const created = said?.created === undefined ? Number.NaN : Date.parse(said.created);
  const platforms =
    several?.manifests.flatMap(({ platform }) => (platform ? [platformName(platform)] : [])) ??
    (said?.os !== undefined && said.architecture !== undefined
      ? [platformName({ os: said.os, architecture: said.architecture })]
      : []);
  return {
    digest: top.digest,
    ...(Number.isFinite(created) && created > 86_400_000 ? { created: new Date(created).toISOString() } : {}),
    platforms: [...new Set(platforms)].filter((platform) => platform !== 'unknown/unknown'),
    declared: declaredBy({
      labels: said?.config?.Labels ?? {},
      environment: said?.config?.Env ?? [],
      tag: reference.tag,
    }),
  };
}

function platformName(platform: { os: string; architecture: string; variant?: string | undefined }): string {
  const { os, architecture, variant } = platform;
  return `${os}/${architecture}${variant === undefined ? '' : `/${variant}`}`;
}

/** A tag that is listed and has no manifest is not the same as one that nobody knows. */
async function whyAbsent(registry: Registry, reference: ImageReference, error: unknown): Promise<never> {
  const tag = reference.digest === undefined ? reference.tag : undefined;
  if (!(error instanceof RegistryRefused) || !error.trouble.kind.startsWith('absent') || tag === undefined) {
    throw error;
  }
  const listed = await registry.tags(10_000).catch((why: unknown) => {
    if (why instanceof RegistryRefused && why.trouble.kind.startsWith('absent')) return 'absent' as const;
    // It may be allowed to pull and not to list: then the first answer is all that is known.
    throw error;
  });
  // Distribution 2.8 says MANIFEST_UNKNOWN for a repository it does not have, too (measured).
  if (listed === 'absent') throw new RegistryRefused({ kind: 'absent repository' });
  if (listed.tags.includes(tag)) throw new RegistryRefused({ kind: 'hollow', missing: 'its manifest' });
  throw new RegistryRefused({ kind: 'absent tag' });
}

/** The image for linux/amd64, which most clusters run, else the first that is for a platform at all. */
async function forUs(registry: Registry, of: z.output<typeof index>['manifests']) {
  const real = of.filter(({ platform }) => platform === undefined || platform.os !== 'unknown');
  const chosen =
    real.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64') ?? real[0];
  if (chosen === undefined)
    throw new RegistryRefused({ kind: 'hollow', missing: 'an image for any platform' });
  return await registry.manifest(chosen.digest).catch(hollow('the manifest for its platform'));
}

function hollow(missing: string) {
  return (error: unknown): never => {
    const absent = error instanceof RegistryRefused && error.trouble.kind.startsWith('absent');
    throw absent ? new RegistryRefused({ kind: 'hollow', missing }) : error;
  };
}

async function everyLayer(registry: Registry, digests: readonly string[]): Promise<void> {
  const wanted = [...new Set(digests)];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const there = await Promise.all(wanted.slice(at, at + AT_ONCE).map((digest) => registry.has(digest)));
    const gone = there.indexOf(false);
    if (gone >= 0) {
      throw new RegistryRefused({ kind: 'hollow', missing: `layer ${at + gone + 1} of ${wanted.length}` });
    }
  }
}
