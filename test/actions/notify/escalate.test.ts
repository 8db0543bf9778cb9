/** `notify.escalate` against real HTTP servers that take, refuse, hang and break off. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { escalate } from '../../../src/actions/notify/escalate.ts';
import type { Contact } from '../../../src/catalog/catalog.ts';
import { Servers } from '../http/web-servers.ts';
import { asked, base, by, json, KEY, kinds, receiver, TEXT } from './receivers.ts';
import { callTo, failure, planned, told } from './stage.ts';

const servers = new Servers();
afterEach(() => servers.close());

describe('the plan', () => {
  it('says who is told, by what, and the exact words; never the key', async () => {
    const around = by('pagerduty', 'https://events.eu.pagerduty.com');
    const plan = await planned(around, asked);
    expect(plan.target).toEqual({ kind: 'Contact', namespace: 'prod', name: 'Platform' });
    expect(plan.changes.map(({ after }) => after)).toEqual([
      'Platform (the cluster) by PagerDuty (events.eu.pagerduty.com)',
      'critical',
      TEXT,
    ]);
    expect(plan.values).toEqual({ contact: 'Platform', by: 'pagerduty', text: TEXT, key: 'inc-7-op-1' });
    expect(plan.notes.join('\n')).toContain('+1 555 0100');
    expect(plan.undo).toBeUndefined();
    expect(JSON.stringify(plan)).not.toContain('planted');
    expect(JSON.stringify(await planned(by('webhook', 'http://127.0.0.1:1'), asked))).not.toContain(
      'planted',
    );
  });

  it('shows a secret in the words as gone, and that is what leaves', async () => {
    const { url, got } = await receiver(servers, (response) => json(response, 202, { status: 'success' }));
    const text = 'postgres://app:hunter2-planted@db:5432/app does not answer';
    const plan = await planned(by('webhook', url), { ...asked, text });
    await told(by('webhook', url), { ...asked, text });
    expect(got[0]?.body['text']).toBe(plan.values['text']);
    expect(JSON.stringify(got)).not.toContain('hunter2');
  });

  it('tells the secret of the call, so that it is taken out of everything', () => {
    const call = callTo(escalate, by('pagerduty', 'http://127.0.0.1:1'), asked);
    return (escalate as unknown as { plan(one: typeof call): Promise<unknown> }).plan(call).then(() => {
      expect(call.seen.secrets).toEqual([KEY]);
    });
  });

  it.each<[string, Contact[], Record<string, string>, RegExp]>([
    ['nobody of that name', [{ name: 'Else', what: 'x' }], {}, /no contact Platform.*It has: Else/],
    ['no way', [base], {}, /does not say how Platform is told: try \+1 555 0100\. Add escalate:/],
    [
      'an unset variable',
      [...by('pagerduty', 'http://127.0.0.1:1').contacts],
      {},
      /PAGER_KEY is not set here/,
    ],
    ['no address', [...by('webhook', '').contacts], { HOOK: 'not an address' }, /HOOK holds no address/],
    [
      'two of one name',
      [
        { ...base, channel: 'a' },
        { ...base, name: 'platform', channel: 'b' },
      ],
      {},
      /Several contacts/,
    ],
    ['Slack, at a terminal', [{ ...base, channel: 'platform' }], {}, /Slack is not connected here/],
  ])('is refused with %s', async (_what, contacts, given, words) => {
    const error = await failure(planned({ contacts, secrets: given }, asked));
    expect(error.says).toMatch(words);
    expect(error.nothingHappened).toBe(true);
  });
});

describe('what is sent', () => {
  it('to PagerDuty is an event of its Events API v2, under a key of this try', async () => {
    const { url, got } = await receiver(servers, (response, one) =>
      json(response, 202, {
        status: 'success',
        message: 'Event processed',
        dedup_key: one.body['dedup_key'],
      }),
    );
    const out = await told(by('pagerduty', url), { ...asked, severity: 'error' });
    expect(out).toMatchObject({ contact: 'Platform', by: 'pagerduty', key: 'inc-7-op-1' });
    expect(JSON.stringify(out)).not.toContain('planted');
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({
      method: 'POST',
      path: '/v2/enqueue',
      body: {
        routing_key: KEY,
        event_action: 'trigger',
        dedup_key: 'inc-7-op-1',
        payload: { summary: TEXT, source: 'prod', severity: 'error', custom_details: { incident: 'INC-7' } },
      },
    });
  });

  it('to Opsgenie is an alert with an alias, its message cut to what it takes', async () => {
    const { url, got } = await receiver(servers, (response) =>
      json(response, 202, { result: 'Request will be processed', requestId: 'r-1' }),
    );
    const long = 'x'.repeat(400);
    await told(by('opsgenie', url), { ...asked, text: long });
    const [one] = got;
    expect(one?.headers.authorization).toBe(`GenieKey ${KEY}`);
    expect(one?.path).toBe('/v2/alerts');
    expect(one?.body).toMatchObject({ alias: 'inc-7-op-1', priority: 'P1', description: `INC-7: ${long}` });
    expect(String(one?.body['message'])).toHaveLength(130);
  });

  it('to a webhook is a text, marked with the key', async () => {
    const { url, got } = await receiver(servers, (response) => response.writeHead(200).end('ok'));
    await told(by('webhook', url), asked);
    expect(got[0]).toMatchObject({
      path: '/hooks/planted-path',
      body: { text: TEXT, incident: 'INC-7', contact: 'Platform', severity: 'critical', key: 'inc-7-op-1' },
    });
    expect(got[0]?.headers['idempotency-key']).toBe('inc-7-op-1');
  });

  it('is nothing once another worker has the step', async () => {
    const { url, got } = await receiver(servers, (response) => json(response, 202, {}));
    const error = await failure(told({ ...by('pagerduty', url), stillOurs: async () => false }, asked));
    expect(error.nothingHappened).toBe(true);
    expect(got).toEqual([]);
  });

  it('is nothing to an address that gives away credentials', async () => {
    const around = { ...by('webhook', ''), secrets: { HOOK: 'http://169.254.169.254/latest' } };
    expect(await failure(told(around, asked))).toMatchObject({ nothingHappened: true });
  });
});

describe.each(kinds)('a receiver (%s)', (kind) => {
  const answering = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    receiver(servers, (response) => json(response, status, body, headers));

  it('that refuses: nobody was told, and it says why', async () => {
    const { url, got } = await answering(400, {
      status: 'invalid event',
      message: 'Event object is invalid',
      errors: ["Length of 'routing_key' is incorrect"],
    });
    const error = await failure(told(by(kind, url), asked));
    expect(error.says).toMatch(/refuses the message \(400\): Event object is invalid; Length of/);
    expect(error.nothingHappened).toBe(true);
    expect(got).toHaveLength(1);
  });

  it('that asks to wait: nobody was told', async () => {
    const { url, got } = await answering(429, {}, { 'retry-after': '30' });
    const error = await failure(told(by(kind, url), asked));
    expect(error.says).toContain('asks to wait 30 s (429)');
    expect(error.nothingHappened).toBe(true);
    expect(got).toHaveLength(1);
  });

  it.each([500, 503, 408])('that answers %i: nobody knows, and it is not sent again', async (status) => {
    const { url, got } = await answering(status, { message: 'try later' });
    const error = await failure(told(by(kind, url), asked));
    expect(error.says).toContain('ask there before you try again');
    expect(error.nothingHappened).toBe(false);
    expect(got).toHaveLength(1);
  });

  it('that sends elsewhere is not followed', async () => {
    const other = await receiver(servers, (response) => json(response, 202, {}));
    const { url } = await answering(307, {}, { location: `${other.url}/v2/enqueue` });
    const error = await failure(told(by(kind, url), asked));
    expect(error.nothingHappened).toBe(false);
    expect(other.got).toEqual([]);
  });

  it('that closes without an answer: nobody knows', async () => {
    const { url, got } = await receiver(servers, (response) => response.destroy());
    const error = await failure(told(by(kind, url), asked));
    expect(error.says).toContain('did not say whether it took the message');
    expect(error.nothingHappened).toBe(false);
    expect(got).toHaveLength(1);
  });

  it('that closes in the middle of its yes has said yes', async () => {
    const { url } = await receiver(servers, (response) => {
      response.writeHead(202, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"status":', () => response.destroy());
    });
    expect(await told(by(kind, url), asked)).toMatchObject({ by: kind });
  });

  it('that hangs: nobody knows', async () => {
    let took: () => void = () => undefined;
    const taken = new Promise<void>((resolve) => {
      took = resolve;
    });
    const { url } = await receiver(servers, () => took());
    const controller = new AbortController();
    const ended = failure(told({ ...by(kind, url), signal: controller.signal }, asked));
    await taken;
    controller.abort();
    const error = await ended;
    expect(error.says).toContain('no answer in time');
    expect(error.nothingHappened).toBe(false);
  });

  it('that is not there: nobody was told', async () => {
    const error = await failure(told(by(kind, 'http://127.0.0.1:1'), asked));
    expect(error.says).toMatch(/cannot be reached \(ECONNREFUSED\): nobody was told/);
    expect(error.nothingHappened).toBe(true);
    expect(error.says).not.toContain('planted');
  });

  it('that speaks no TLS: nobody was told', async () => {
    const port = await servers.opened(createServer((socket) => socket.end('hello')));
    const error = await failure(told(by(kind, `https://127.0.0.1:${port}`), asked));
    expect(error.nothingHappened).toBe(true);
  });
});
