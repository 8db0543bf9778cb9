/** Fetches a file of a message with the bot's token: it is read where it lies, and nothing about it is changed. */
import { webApi } from '@slack/bolt';
import { z } from 'zod';

export type Fetched =
  | { readonly ok: true; readonly content: Uint8Array; readonly mimetype: string }
  /** `again`: it may succeed later. */
  | { readonly ok: false; readonly says: string; readonly again: boolean };

/** The host of `url_private` in Slack's own examples of a file: the token goes nowhere else. */
const SLACK_FILES = 'https://files.slack.com';
const MOST_REDIRECTS = 3;

const described = z.looseObject({
  mimetype: z.string().nullish(),
  mode: z.string().nullish(),
  size: z.number().nullish(),
  is_external: z.boolean().nullish(),
  url_private: z.string().nullish(),
  url_private_download: z.string().nullish(),
});

export interface FileSource {
  readonly client: webApi.WebClient;
  readonly token: string;
  /** Another Slack than slack.com, as the local one: its files are at its own address. */
  readonly apiUrl?: string | undefined;
}

const never = (says: string): Fetched => ({ ok: false, says, again: false });
const later = (says: string): Fetched => ({ ok: false, says, again: true });

/** The one origin that gets the token. */
const filesOrigin = ({ apiUrl }: FileSource): string =>
  apiUrl === undefined ? SLACK_FILES : new URL(apiUrl).origin;

/**
 * By Slack's id, so that no message says where from. At most `most` bytes; never `files.sharedPublicURL`. Throws only
 * what `signal` ends.
 */
export async function fetchFile(
  source: FileSource,
  file: string,
  most: number,
  signal: AbortSignal,
): Promise<Fetched> {
  let found: z.output<typeof described>;
  try {
    const { client } = source;
    const answer = await client.files.info({ file });
    const parsed = described.safeParse(answer.file);
    if (!parsed.success) return never('Slack says nothing about it.');
    found = parsed.data;
  } catch (error) {
    return infoFailed(error);
  }
  if (found.mode === 'tombstone') return never('It was deleted in Slack.');
  if (found.mode === 'hidden_by_limit')
    return never('Slack does not show it any more: the plan ends before it.');
  if (found.is_external || found.mode === 'external') return never('It is kept outside Slack.');
  if ((found.size ?? 0) > most) return never(tooLarge(most));
  const address = found.url_private_download || found.url_private;
  if (!address) return never('Slack gives no address for it.');
  return download(source, address, found, most, signal);
}

function infoFailed(error: unknown): Fetched {
  const code = error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;
  switch (code) {
    case undefined:
      return later('Slack did not answer.');
    case 'missing_scope':
      return never(
        'Slack has not granted files:read. Add it from slack/manifest.yaml and install the app again.',
      );
    case 'file_not_found':
    case 'file_deleted':
      return never('It is not in Slack any more.');
    case 'not_visible':
    case 'access_denied':
      return never('Slack does not show it to Handrail.');
    case 'ratelimited':
    case 'internal_error':
    case 'fatal_error':
    case 'service_unavailable':
    case 'request_timeout':
      return later(`Slack could not say where it is (${code}).`);
    default:
      return never(`Slack would not say where it is (${code}).`);
  }
}

async function download(
  source: FileSource,
  first: string,
  found: z.output<typeof described>,
  most: number,
  signal: AbortSignal,
): Promise<Fetched> {
  const allowed = filesOrigin(source);
  let address: URL | undefined = urlOf(first);
  for (let step = 0; step <= MOST_REDIRECTS; step++) {
    if (!address) return never('Slack gives an address for it that is none.');
    if (address.origin !== allowed)
      return never(
        step === 0 ? `It does not lie at ${allowed}, and nothing is fetched from anywhere else.` : signIn,
      );
    let response: Response;
    try {
      response = await fetch(address, {
        headers: { authorization: `Bearer ${source.token}` },
        redirect: 'manual',
        signal,
      });
    } catch {
      return later('Slack did not send it.');
    }
    const { status } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      address = urlOf(response.headers.get('location') ?? '', address);
      continue;
    }
    if (status !== 200) {
      await response.body?.cancel();
      return status === 429 || status >= 500
        ? later(`Slack did not send it (${status}).`)
        : never(`Slack did not send it (${status}).`);
    }
    return contentOf(response, found, most);
  }
  return never('Slack leads from one address to the next.');
}

const signIn =
  'Slack showed its sign-in page in place of the file: the token may not read files. Check that files:read is granted, and install the app again.';

/** To a token that may not read files Slack shows its sign-in page, directly or by a redirect, with 200: as others report. */
async function contentOf(
  response: Response,
  { mimetype, size }: z.output<typeof described>,
  most: number,
): Promise<Fetched> {
  const html = (response.headers.get('content-type') ?? '').startsWith('text/html');
  if (html && mimetype !== 'text/html') {
    await response.body?.cancel();
    return never(signIn);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      // Leaving the loop ends the transfer.
      if (length > most) return never(tooLarge(most));
      chunks.push(chunk);
    }
  } catch {
    return later('Slack broke off in the middle of it.');
  }
  if (size !== null && size !== undefined && size !== length)
    return html ? never(signIn) : later(`Slack sent ${length} bytes of it, and it has ${size}.`);
  return { ok: true, content: Buffer.concat(chunks), mimetype: mimetype ?? '' };
}

const tooLarge = (most: number): string =>
  `It has more than ${most / 1_000_000} MB, which is the most that is kept. It stays in Slack only.`;

function urlOf(text: string, base?: URL): URL | undefined {
  return URL.parse(text, base) ?? undefined;
}
