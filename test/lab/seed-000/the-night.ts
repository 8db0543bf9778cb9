// The night as its parts share it: the lab, the desk in front of it, what is known so far.
import { type Desk, startDesk, writeAftermath } from '../../e2e/desk.ts';
import { type AskedDirectly, askedDirectly } from './asked-directly.ts';
import type { AtTheDesk } from './at-the-desk.ts';
import { accountOfBot, configurationFor } from './configuration.ts';
import { beginNight, type Night, PATIENCE } from './night.ts';

export const SET = 'prod-patroni';

/** Filled before the first part; channel and `at` by the part that declares the incident. */
export interface TheNight {
  night: Night;
  desk: Desk;
  ask: AskedDirectly;
  /** The bot's account, as the API server names it. */
  user: string;
  channel: string;
  at: AtTheDesk;
}

export async function openTheNight(the: Partial<TheNight>): Promise<void> {
  const night = await beginNight();
  the.night = night;
  the.ask = askedDirectly(night);
  const { kubeconfig, user } = await accountOfBot(night.lab);
  the.user = user;
  the.desk = await startDesk({
    kubeconfig,
    mode: 'socket',
    configuration: configurationFor(night.lab.namespace),
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
