// The night as its parts share it: the lab, the desk in front of it, what is known so far.
import { type Desk, startDesk, writeAftermath } from '../../e2e/desk.ts';
import { type Account, accountOfBot, type Rights } from '../account.ts';
import type { AtTheDesk } from '../at-the-desk.ts';
import { PATIENCE } from '../patience.ts';
import { type AskedDirectly, askedDirectly } from './asked-directly.ts';
import { configurationFor } from './configuration.ts';
import { beginNight, type Night } from './night.ts';

export const SET = 'prod-patroni';

/** Filled before the first part; channel and `at` by the part that declares the incident. */
export interface TheNight {
  night: Night;
  desk: Desk;
  ask: AskedDirectly;
  /** The bot's. */
  account: Account;
  channel: string;
  at: AtTheDesk;
}

export async function openTheNight(the: Partial<TheNight>, rights: Rights): Promise<void> {
  const night = await beginNight();
  the.night = night;
  the.ask = askedDirectly(night);
  const configuration = configurationFor(night.lab.namespace);
  the.account = await accountOfBot(night.lab, configuration, rights);
  the.desk = await startDesk({
    kubeconfig: the.account.kubeconfig,
    mode: 'socket',
    configuration,
    patienceMs: PATIENCE * 1000,
  });
}

/** Whatever of it there is. */
export async function closeTheNight(the: Partial<TheNight>): Promise<void> {
  try {
    if (the.desk) await writeAftermath(the.desk, the.channel ?? '', process.env.HANDRAIL_AFTERMATH);
    await the.desk?.stop();
  } finally {
    await the.night?.close();
  }
}
