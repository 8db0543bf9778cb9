/** A scenario played by the scripted responder, from the declaration to the report, and compared with its ends. */
import type { Sandbox } from './sandbox.ts';
import type { Scenario, WorldPlan } from './scenarios/scenario.ts';

/** ms that the scripted responder waits for one thing. */
const PATIENCE_MS = 60_000;

/**
 * Gives the report in Markdown. Throws with the reason when a step fails, when the bot ends, or when something is not
 * true at the end that must be.
 */
export async function autopilot<P extends WorldPlan>(
  scenario: Scenario<P>,
  sandbox: Sandbox<P>,
  say: (line: string) => void,
  zone: string,
): Promise<string> {
  const { plan, slack, world, bot, logFile } = sandbox;
  const ended = bot.ended.then((how) => {
    throw new Error(`The bot has ended by itself (${how}). Its log: ${logFile}`);
  });
  const script = scenario.play({
    plan,
    slack,
    say: (line) => say(`- ${line}`),
    repair: async () => scenario.platformPerson?.repair(world),
    patienceMs: PATIENCE_MS,
    zone,
    whole: true,
  });
  // Whichever comes second is of no interest any more.
  script.catch(() => undefined);
  const report = await Promise.race([script, ended]);
  for (const end of scenario.ends) {
    const why = await end.fails({ world, report, left: [] });
    if (why) throw new Error(`At the end it must be true that ${end.says}: ${why}`);
  }
  return report;
}
