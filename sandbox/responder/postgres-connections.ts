/** How the scripted responder works through `postgres-connections`: only what people can do in Slack, in their order. */
import { type SurgePlan, siteOf } from '../scenarios/surge/plan.ts';
import { seeThrough } from './deciding.ts';
import { CouldNot, type Hands, handsOf, type Seen, wordsOf } from './hands.ts';
import { decideTheRest, declare, escaped, reportAfter, type Script, step as stepOf } from './script.ts';
import { followUps, sections, whys } from './surge-words.ts';
import { takeBack } from './taking-back.ts';
import { ask, note, run } from './typing.ts';
import { followUp, writeSection, writeWhys } from './writing-the-report.ts';

const SURGE = 'postgres-connection-surge';
const MOST_LOOKS = 5;
const OVER = /All steps (are done|have run)|ends here/i;

/** Plays it to the end. Throws CouldNot with what was missing. Gives the report as it arrived in the channel. */
export async function playPostgresConnections(script: Script<SurgePlan>): Promise<string> {
  const { plan, slack, say, patienceMs } = script;
  const ana = handsOf(slack, 'ana', patienceMs);
  const ben = handsOf(slack, 'ben', patienceMs);
  const step = (name: string, work: () => Promise<void>): Promise<void> => stepOf(script, name, work);
  const site = siteOf(plan).name;
  const [, bot = ''] = plan.applications.map(({ name }) => name);
  const service = plan.database.name;

  let channel = '';
  await step(`/incident start: ${site} is unavailable`, async () => {
    channel = await declare(ana, script, `${site} is unavailable, ${bot} does not answer`, {
      severity: 'SEV1',
      system: site,
      noticed: `HTTP 524 from the CDN on ${site}; ${bot} does not take commands`,
      since: '15 minutes ago',
    });
    ben.actor.join(channel);
  });

  await step('notes: what people see', async () => {
    await note(ana, channel, `10 minutes ago ${bot} misses every command`, `${bot} misses every command`);
    const said = ben.actor.say(channel, 'The CDN itself is fine: it waits for us and gives up.');
    ben.actor.react(channel, said, 'pushpin');
  });

  await step(`runbook check-workload for ${site}`, async () => {
    const after = await run(ana, channel, 'check-workload', { workload: site });
    await ana.read(channel, /takes no more connections|All \d+ ready/i, { after });
  });

  await step(`runbook ${SURGE} for ${service}`, async () => {
    const after = await run(ana, channel, SURGE, { service });
    const count = await ana.read(channel, /\d+ of \d+ connections used/, { after });
    const [, used = '', limit = ''] = /(\d+) of (\d+) connections used/.exec(wordsOf(count)) ?? [];
    if (/not the problem/.test(wordsOf(count))) {
      const words = `${service} has room: ${used} of ${limit} connections`;
      await note(ana, channel, `ruled out: ${words}`, words);
      return;
    }
    const who = await ana.read(channel, /belong to nobody|holds \d+ \(\d+ %\)/, { after });
    const held = /(\d+) of \d+ belong to nobody/.exec(wordsOf(who))?.[1];
    if (held === undefined) await pauseSource(after, wordsOf(who), limit);
    else await endStale(after, { held, used, limit, words: wordsOf(who) });
  });

  /** Connections that an earlier rollout has left. */
  async function endStale(
    after: string,
    seen: { held: string; used: string; limit: string; words: string },
  ): Promise<void> {
    const { held, used, limit, words } = seen;
    const title = `End ${held} connections`;
    await seeThrough(ana, { channel, title, after, second: ben, say });
    await ana.read(channel, OVER, { after });
    await ana.command(channel, 'status watching');
    const whose = await previousRollout(after, words);
    const cause = `${held} of ${used} connections were left by ${whose}: with the limit of ${limit} nobody else was let in`;
    await note(ana, channel, `cause: ${cause}`, cause);
    const why = `Why its pods did not end their connections when they stopped is not known`;
    await note(ana, channel, why, why);
  }

  /** As the lines about each client tell it: the role is the application's, and a pod is named after its ReplicaSet. */
  async function previousRollout(after: string, words: string): Promise<string> {
    const [, role = ''] = /Most: (\S+) \(/.exec(words) ?? [];
    const pod = new RegExp(`${escaped(role)}-([a-z0-9]{10})-[a-z0-9]{5}`);
    const told = await ana.wait('who the clients are', channel, (messages) =>
      messages
        .filter((one) => one.ts > after)
        .flatMap((one) => ana.actor.thread(channel, one.ts) as unknown as Seen[])
        .find((one) => /, no such pod:/.test(wordsOf(one))),
    );
    const line = wordsOf(told)
      .split('\n')
      .find((one) => one.includes(`of ${role} (`) && one.includes('no such pod'));
    const set = pod.exec(line ?? '')?.[1];
    return set === undefined
      ? `pods of ${role} that are gone`
      : `pods of the previous ReplicaSet ${role}-${set} of ${role}`;
  }

  /** The pods that run now hold too many: they stop, and come back with few. */
  async function pauseSource(after: string, words: string, limit: string): Promise<void> {
    const [, owner = '', held = ''] = /(deployment \S+) holds (\d+) \(/.exec(words) ?? [];
    const workload = owner.replace('deployment ', '');
    const title = `Scale ${workload} to zero`;
    await confirmByTyping(ana, channel, title, workload, after);
    await seeThrough(ana, { channel, title, after, second: ben, say });
    await ana.read(channel, OVER, { after });
    await takeBack(ana, channel, { what: new RegExp(`${escaped(workload)} is scaled to 0`), title, say });
    await ana.command(channel, 'status watching');
    const cause = `${held} connections were held by the pods of ${owner} that run now: with the limit of ${limit} nobody else was let in`;
    await note(ana, channel, `cause: ${cause}`, cause);
  }

  if (plan.variant !== 'no fault')
    await step('follow-ups', async () => {
      const alerts = `alert at ${Math.round(0.32 * plan.limit)} connections of ${site} and at ${Math.round(0.9 * plan.limit)} in all`;
      await note(ana, channel, `decision: ${alerts}`, alerts);
      const known = `the way back is ${SURGE}: it does not need the one person who knew it`;
      await note(ana, channel, `decision: ${known}`, known);
    });

  await step(`runbook check-workload once more: ${site} is ready`, async () => {
    // It may need a moment to find out that there is room.
    for (let tries = 1; ; tries++) {
      const after = await run(ana, channel, 'check-workload', { workload: site });
      const answer = await ana.read(channel, /\d+ ready/, { after });
      if (/All \d+ ready/.test(wordsOf(answer))) return;
      if (tries === MOST_LOOKS) throw new CouldNot(`${site} is not ready: ${wordsOf(answer)}`);
      await ana.read(channel, OVER, { after });
    }
  });

  let report = '';
  const resolving = ana.last(channel);
  await step('/incident resolve, and the report arrives', async () => {
    const summary =
      plan.variant === 'no fault'
        ? `${service} had room all the time.`
        : `${service} has room again; ${site} and ${bot} answer.`;
    report = await reportAfter(ana, script, channel, () =>
      ask(ana, channel, 'resolve', /resolve/i, { summary }),
    );
  });
  await step('what nobody recorded is kept for now', () => decideTheRest(ana, channel, resolving));

  if (script.whole && plan.variant !== 'no fault')
    await step('what people write for the report: sections, whys, follow-ups', async () => {
      const those = { site, bot, service };
      for (const one of sections(those)) await writeSection(ana, channel, one);
      await writeWhys(ana, channel, whys(those));
      for (const typed of followUps(those, `<@${ben.actor.user.id}>`)) await followUp(ana, channel, typed);
    });

  await step('/incident close, and the report after it', async () => {
    report = await reportAfter(ana, script, channel, () => ana.command(channel, 'close'));
  });
  return report;
}

/** Opens the form of a change that wants its target typed, and types it. */
async function confirmByTyping(
  hands: Hands,
  channel: string,
  title: string,
  phrase: string,
  after: string,
): Promise<void> {
  const form = /^confirm by typing/i;
  await hands.form(form, { phrase }, async () => {
    const found = await hands.read(channel, new RegExp(`^${escaped(title)}`), { after });
    if (isOver(found)) throw new CouldNot(`${title} is over before it was confirmed: ${wordsOf(found)}`);
    await hands.press(channel, form, { after, there: () => hands.sees(form) });
  });
}

function isOver(message: Seen): boolean {
  return /\bVerified\./.test(wordsOf(message));
}
