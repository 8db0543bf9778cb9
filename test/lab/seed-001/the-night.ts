// The night as its parts share it: the lab, the desk in front of it, what is known so far.
import { type Desk, startDesk, writeAftermath } from '../../e2e/desk.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { PASSWORDS } from '../../support/lab/world/community.ts';
import { type Account, accountOfBot, grantsFor, type Rights } from '../account.ts';
import type { AtTheDesk } from '../at-the-desk.ts';
import { PATIENCE } from '../patience.ts';
import { configurationFor, PASSWORD_FROM } from './configuration.ts';
import { type Filled, fillUp } from './filling.ts';
import { beginNight, type Night } from './night.ts';

/** Filled before the first part; channel and `at` by the part that declares the incident. */
export interface TheNight {
  night: Night;
  filled: Filled;
  desk: Desk;
  account: Account;
  channel: string;
  at: AtTheDesk;
}

export async function openTheNight(the: Partial<TheNight>, rights: Rights): Promise<void> {
  const configuration = configurationFor(rights);
  const night = await beginNight(await grantsFor(configuration));
  the.night = night;
  the.account = await accountOfBot(night.lab, configuration, rights);
  the.desk = await startDesk({
    kubeconfig: the.account.kubeconfig,
    mode: 'socket',
    configuration,
    environment: rights === 'cluster' ? { [PASSWORD_FROM]: PASSWORDS.watcher } : {},
    patienceMs: PATIENCE * 1000,
  });
  // Open since before anything went wrong.
  if (rights === 'cluster')
    await waitUntil('the bot keeps a session open', async () => (await ours(night)).length === 1, {
      seconds: PATIENCE,
    });
  the.filled = await fillUp(night);
}

/** The bot's own sessions. */
export const ours = async (night: Night) =>
  (await night.sessions()).filter(({ application }) => application === 'handrail');

/** Whatever of it there is. */
export async function closeTheNight(the: Partial<TheNight>): Promise<void> {
  try {
    if (the.desk) await writeAftermath(the.desk, the.channel ?? '', process.env.HANDRAIL_AFTERMATH);
    await the.desk?.stop();
  } finally {
    await the.night?.close();
  }
}
