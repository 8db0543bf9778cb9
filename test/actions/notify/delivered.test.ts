/** What is known of an escalation afterwards (`notify.delivered`), and of a contact that is told in Slack. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Messages } from '../../../src/actions/reach.ts';
import type { Contact } from '../../../src/catalog/catalog.ts';
import { Servers } from '../http/web-servers.ts';
import { asked, base, by, json, receiver, TEXT } from './receivers.ts';
import { type Around, arrived, failure, happened, told } from './stage.ts';

const servers = new Servers();
afterEach(() => servers.close());

describe('afterwards', () => {
  it('Opsgenie tells by the key whether it has the alert, and who saw it', async () => {
    let acknowledged = false;
    let there = false;
    const { url, got } = await receiver(servers, (response) =>
      there
        ? json(response, 200, { data: { status: 'open', acknowledged } })
        : json(response, 404, { message: 'Alert with id [inc-7-op-1] does not exist' }),
    );
    const around = by('opsgenie', url);
    const asking = { contact: 'Platform', key: 'inc-7-op-1' };
    expect(await arrived(around, asking)).toMatchObject({ found: 'no' });
    // It makes alerts a moment after it took them: that there is none is no proof.
    expect(await happened(around, asked)).toBe('cannot tell');
    there = true;
    expect(await arrived(around, asking)).toMatchObject({ found: 'yes', acknowledged: false });
    expect(await happened(around, asked)).toBe('made');
    acknowledged = true;
    expect(await arrived(around, asking)).toMatchObject({ found: 'yes', acknowledged: true });
    expect(new Set(got.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(['GET /v2/alerts/inc-7-op-1?identifierType=alias']),
    );
  });

  it.each(['pagerduty', 'webhook'] as const)('%s cannot be asked', async (kind) => {
    const around = by(kind, 'http://127.0.0.1:1');
    expect(await happened(around, asked)).toBe('cannot tell');
    expect(await arrived(around, { contact: 'Platform', key: 'k' })).toMatchObject({ found: 'cannot tell' });
  });

  it('nothing is known of one that does not answer', async () => {
    expect(await happened(by('opsgenie', 'http://127.0.0.1:1'), asked)).toBe('cannot tell');
  });
});

describe('a contact in Slack', () => {
  const posts: Parameters<Messages['post']>[0][] = [];
  let answer: Awaited<ReturnType<Messages['post']>> = { ok: true };
  let seen: boolean | undefined;
  const slack: Messages = {
    post: async (message) => {
      posts.push(message);
      return answer;
    },
    find: async () => seen,
  };
  afterEach(() => {
    posts.splice(0);
    answer = { ok: true };
    seen = undefined;
  });
  const around = (contact: Partial<Contact>): Around => ({ contacts: [{ ...base, ...contact }], slack });

  it('is told in its channel, and called where the catalogue says whom', async () => {
    await told(around({ channel: 'platform' }), asked);
    await told(around({ channel: 'platform', escalate: { by: 'slack', mention: 'S0123456' } }), asked);
    await told(around({ escalate: { by: 'slack', mention: 'U0123456' } }), asked);
    const text = { text: TEXT, key: 'inc-7-op-1' };
    expect(posts).toEqual([
      { channel: 'platform', ...text },
      { channel: 'platform', mention: 'S0123456', ...text },
      { channel: 'U0123456', ...text },
    ]);
  });

  it('that cannot be told: whether nobody was told is what Slack proves', async () => {
    answer = { ok: false, says: 'The channel is archived', never: true };
    const refused = await failure(told(around({ channel: 'platform' }), asked));
    expect(refused.nothingHappened).toBe(true);
    answer = { ok: false, says: 'Slack cannot be reached', never: false };
    expect((await failure(told(around({ channel: 'platform' }), asked))).nothingHappened).toBe(false);
  });

  it('is looked for by its key', async () => {
    const there = around({ channel: 'platform' });
    expect(await happened(there, asked)).toBe('cannot tell');
    seen = false;
    expect(await happened(there, asked)).toBe('not made');
    seen = true;
    expect(await happened(there, asked)).toBe('made');
    expect(await arrived(there, { contact: 'Platform', key: 'k' })).toMatchObject({ found: 'yes' });
  });
});
