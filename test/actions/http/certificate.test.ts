/** The certificate that `http.check` tells: real ones, made for the test and served over real TLS. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.ts';
import { asked } from './stage.ts';
import { type Certificates, makeCertificates, Servers } from './web-servers.ts';

const servers = new Servers();
afterEach(() => servers.close());

describeWith(['controlPlane'], 'a certificate', () => {
  let made: Certificates;
  const before = getCACertificates('default');
  beforeAll(async () => {
    made = await makeCertificates();
    setDefaultCACertificates([...before, made.authority]);
  });
  afterAll(() => setDefaultCACertificates(before));

  const secure = (pair: keyof Omit<Certificates, 'authority'>) =>
    servers.web((_request, response) => response.end(), { pair: made[pair] });

  it('that is right', async () => {
    const found = await asked({ url: await secure('good') });
    expect(found).toMatchObject({ ok: true, status: 200 });
    const { expires, days_left: days, ...rest } = found.certificate ?? {};
    expect(rest).toEqual({ subject: 'good.example.org', issuer: 'Test Authority', problems: [] });
    expect(days).toBe(Math.floor((Date.parse(expires ?? '') - Date.now()) / 86_400_000));
    expect(days).toBeGreaterThanOrEqual(88);
    expect(found.says).not.toContain('ertificate');
  });

  it('that will have expired, by the clock of the call', async () => {
    const now = new Date(Date.now() + 200 * 86_400_000);
    const found = await asked({ url: await secure('good') }, { now });
    expect(found).toMatchObject({ ok: false, status: 200, certificate: { problems: ['expired'] } });
    expect(found.certificate?.days_left).toBeLessThan(-100);
  });

  it('that has expired', async () => {
    const found = await asked({ url: await secure('expired') });
    expect(found).toMatchObject({ answered: true, ok: false, status: 200 });
    expect(found.certificate?.problems).toEqual(['expired']);
    expect(found.says).toContain('has expired');
  });

  it('that was made for another host', async () => {
    const found = await asked({ url: await secure('otherHost') });
    expect(found).toMatchObject({ ok: false, certificate: { problems: ['wrong-host'] } });
    expect(found.says).toContain('another host (shop.example.org)');
  });

  it('that vouches for itself', async () => {
    const found = await asked({ url: await secure('selfSigned') });
    expect(found).toMatchObject({ ok: false, status: 200, certificate: { problems: ['self-signed'] } });
  });

  it('that nobody here trusts', async () => {
    setDefaultCACertificates(before);
    try {
      const found = await asked({ url: await secure('good') });
      expect(found).toMatchObject({ ok: false, certificate: { problems: ['untrusted'] } });
    } finally {
      setDefaultCACertificates([...before, made.authority]);
    }
  });

  it('is checked for the name that was asked, localhost too', async () => {
    const url = (await secure('good')).replace('127.0.0.1', 'localhost');
    expect(await asked({ url })).toMatchObject({ ok: true, certificate: { problems: [] } });
  });
});
