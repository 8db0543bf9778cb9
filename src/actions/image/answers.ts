/** What a registry can answer when it is asked for an image, told apart: each has another remedy. */

/** `absent tag`: the repository is there. `hollow`: the tag is listed, and the image or a part of it is not there. */
export type Trouble =
  | { readonly kind: 'absent tag' }
  | { readonly kind: 'absent repository' }
  | { readonly kind: 'hollow'; readonly missing: string }
  | { readonly kind: 'needs login' }
  | { readonly kind: 'login refused' }
  | { readonly kind: 'not allowed' }
  | { readonly kind: 'asked to wait'; readonly seconds?: number }
  | { readonly kind: 'no answer'; readonly why: string };

/** Thrown by the registry's client for every answer that is not the thing asked for. */
export class RegistryRefused extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.kind);
    this.name = 'RegistryRefused';
    this.trouble = trouble;
  }
}

/** One sentence for a person: what the registry said about `image`, and what to do. */
export function troubleInWords(trouble: Trouble, image: string, registry: string): string {
  switch (trouble.kind) {
    case 'absent tag':
      return `${image} does not exist: ${registry} has the repository and no such tag or digest.`;
    case 'absent repository':
      return `${image} does not exist: ${registry} has no such repository, or does not show it to this login.`;
    case 'hollow':
      return `The tag of ${image} exists and there is no complete image behind it: ${trouble.missing} is missing. Nothing can be started from it.`;
    case 'needs login':
      return `${registry} wants a login for ${image} and this service account has no pull secret for it. It may not exist either: a registry does not say.`;
    case 'login refused':
      return `${registry} does not accept the login of the pull secret for ${image}. Renew the pull secret.`;
    case 'not allowed':
      return `${registry} does not let this login pull ${image} (403). Ask who runs the registry for the right to pull.`;
    case 'asked to wait':
      return `${registry} limits how often it may be asked (429)${trouble.seconds === undefined ? '' : `: again in ${trouble.seconds} s`}. Nobody can pull from it until then with this login.`;
    case 'no answer':
      return `${registry} could not be asked: ${trouble.why}.`;
  }
}
