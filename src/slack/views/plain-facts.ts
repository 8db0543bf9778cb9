/** The values of an answer in one line of Slack: amounts as people read them, no checksums. */
import { readableBytes } from '../../runbooks/quantity.ts';

/** `bytes: 1641262 · sha256: 78149c…` as `size: 1.6 MiB`. All of it is in the evidence. */
export function plainFacts(says: string): string {
  return says
    .replace(/(?:,| ·)? ?\bsha256:? [0-9a-f]{64}\b/g, '')
    .replace(/\b(bytes:?) (\d{4,15})\b/g, (_, name: string, count: string) =>
      name.endsWith(':') ? `size: ${readableBytes(Number(count))}` : `size ${readableBytes(Number(count))}`,
    );
}
