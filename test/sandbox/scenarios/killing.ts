/** Kills the bot of a sandbox with SIGKILL and starts it again at once, as a service manager would. */
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { PidpPlan } from '../../../sandbox/scenarios/pidp/plan.ts';

export interface Killer {
  /** Kills now; the restart is under way when this returns. */
  now(sandbox: Sandbox<PidpPlan>): void;
  /** Kills after so many ms. */
  soon(sandbox: Sandbox<PidpPlan>, ms: number): void;
  /** Resolves when the bot runs again after every kill that was ordered. */
  back(): Promise<void>;
  readonly kills: number;
}

export function killer(): Killer {
  let kills = 0;
  let under: Promise<void> = Promise.resolve();
  const restart = async (sandbox: Sandbox<PidpPlan>) => {
    await sandbox.bot.ended;
    await sandbox.restartBot();
  };
  const now = (sandbox: Sandbox<PidpPlan>) => {
    const { child } = sandbox.bot;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    kills++;
    under = restart(sandbox);
  };
  let timer: Promise<void> = Promise.resolve();
  return {
    now,
    soon(sandbox, ms) {
      timer = new Promise((resolve) => setTimeout(resolve, ms)).then(() => now(sandbox));
    },
    async back() {
      await timer;
      await under;
    },
    get kills() {
      return kills;
    },
  };
}
