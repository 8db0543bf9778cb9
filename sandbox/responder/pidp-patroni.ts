/** How the scripted responder works through `pidp-patroni`: only what people can do in Slack, in the order they would. */
import type { PidpPlan } from '../scenarios/pidp/plan.ts';
import { seeThrough } from './deciding.ts';
import { handsOf, type Seen } from './hands.ts';
import { followUps, notesBefore, riskDecision, sections, whys } from './pidp-words.ts';
import { decideTheRest, declare, escaped, reportAfter, type Script, step as stepOf } from './script.ts';
import { takeBack } from './taking-back.ts';
import { ask, note, run } from './typing.ts';
import { followUp, writeSection, writeWhys } from './writing-the-report.ts';

/** The name that the cluster knows of somebody who helps from outside the team. */
const HELPER = 'platform-helper';

/** Plays it to the end. Throws CouldNot with what was missing. Gives the report as it arrived in the channel. */
export async function playPidpPatroni(script: Script<PidpPlan>): Promise<string> {
  const { plan, slack, say, patienceMs } = script;
  const ana = handsOf(slack, 'ana', patienceMs);
  const ben = handsOf(slack, 'ben', patienceMs);
  const platform = handsOf(slack, 'platform', patienceMs);
  const step = (name: string, work: () => Promise<void>): Promise<void> => stepOf(script, name, work);

  const GRANT = `Give ${HELPER} view`;
  const RAISE = `Set the readiness timeout of ${plan.reports}`;
  const DUMP = `Dump ${plan.database} from ${leaderOf(plan)}`;
  let channel = '';
  await step(`/incident start: ${plan.api} is not ready`, async () => {
    channel = await declare(ana, script, `${plan.api} is not ready, ${plan.reports} shows no data`, {
      severity: 'SEV1',
      system: plan.api,
      noticed: `${plan.reports} shows no data; the health check of ${plan.api} fails now and then`,
      since: '20 minutes ago',
    });
    ben.actor.join(channel);
    platform.actor.join(channel);
  });

  await step('a note by command, one by pushpin, one by shortcut', async () => {
    await note(ana, channel, `5 minutes ago ${plan.reports} times out`, `${plan.reports} times out`);
    const said = ben.actor.say(
      channel,
      `Nothing was deployed today. ${plan.api} has not been touched since Monday.`,
    );
    ben.actor.react(channel, said, 'pushpin');
    const asked = ben.actor.say(channel, 'Asked the platform team whether the nodes were upgraded.');
    await ben.shortcut('handrail-keep-message', channel, asked);
  });

  const whole = script.whole === true && plan.variant === 'fault';
  if (whole)
    await step('what was done before anybody thought of the bot, with its times', async () => {
      for (const { typed, words } of notesBefore(plan, new Date(), script.zone ?? 'UTC'))
        await note(ben, channel, typed, words);
    });

  await step(`runbook check-workload for ${plan.api}`, async () => {
    await run(ana, channel, 'check-workload', { workload: plan.api });
  });

  await step(`runbook check-patroni for ${plan.api}`, async () => {
    const after = await run(ana, channel, 'check-patroni', { workload: plan.api });
    await ana.press(channel, /this is the target/i, { words: new RegExp(escaped(plan.used.name)), after });
  });

  if (plan.variant === 'no fault') {
    const words = `${plan.used.name} has a leader and all members follow it`;
    await step('the database is well: the alarm was false', () =>
      note(ana, channel, `ruled out: ${words}`, words),
    );
  } else await repairAndCopy();

  async function repairAndCopy(): Promise<void> {
    await step('status: the cause is found', () => ana.command(channel, 'status cause found'));
    await step(`runbook scale-utility-pod: ${plan.utility} up`, async () => {
      const after = await run(ana, channel, 'scale-utility-pod', { deployment: plan.utility, replicas: '1' });
      await seeThrough(ana, { channel, title: `Scale ${plan.utility}`, after, say });
    });
    if (whole) await findImageAndGrant();
    await step(
      'the repair: nobody has a runbook for it, so a person of the platform team does it',
      async () => {
        const crashed = plan.used.members.find((member) => member.crashed)?.name ?? '';
        const after = await run(ana, channel, 'repair-by-hand', {
          statefulset: plan.used.name,
          member: crashed,
          image: plan.images.present,
          container: plan.used.container,
        });
        const decide = /^decide/i;
        const answer = {
          'form:image': plan.images.working,
          'form:who': 'platform team',
          reason: 'The image it has now cannot import yaml; this one starts elsewhere on the same cluster.',
        };
        await ana.form(decide, answer, async () => {
          await ana.press(channel, /answer|fill|choose|decide/i, { after, there: () => ana.sees(decide) });
        });
        const asked = await ana.read(channel, /kubectl/, { after });
        platform.actor.say(channel, 'On it: giving the members the image that starts.');
        await script.repair();
        platform.actor.say(channel, 'Done. All members have the new image.');
        await ana.press(channel, /done by hand/i, { after: earlier(asked) });
        await seeThrough(ana, { channel, title: `Give ${crashed}`, after: earlier(asked), say });
      },
    );
    if (whole) await raiseTimeout();
    await step('status: watching', () => ana.command(channel, 'status watching'));
    await step(`runbook dump-db on ${leaderOf(plan)}, approved by a second person`, async () => {
      const after = await run(ana, channel, 'dump-db', {
        pod: leaderOf(plan),
        database: plan.database,
        reason: 'A copy before the old members are touched again',
      });
      await seeThrough(ana, { channel, title: DUMP, after, second: ben, say });
    });
    await step('the dump is taken back: it holds personal data', () =>
      takeBack(ana, channel, { what: /database dump/i, title: DUMP, say }),
    );
    if (whole) await takeBoth();
    await step(`${plan.utility} goes back to 0`, () =>
      takeBack(ana, channel, {
        what: new RegExp(`${escaped(plan.utility)} runs`),
        title: `Scale ${plan.utility}`,
        say,
      }),
    );
  }

  async function findImageAndGrant(): Promise<void> {
    await step(`runbook find-image for ${plan.used.name}: a tag has no image behind it`, async () => {
      const after = await run(ana, channel, 'find-image', {
        workload: plan.used.name,
        kind: 'statefulset',
        container: plan.used.container,
      });
      await ana.read(channel, /Tags without an image|could be pulled|ends here|All steps/i, { after });
    });
    await step(
      'runbook grant-access: somebody of the platform team may look, approved by a second person',
      async () => {
        const after = await run(ana, channel, 'grant-access', {
          person: HELPER,
          role: 'view',
          hours: '8',
          reason: 'Looks at the database pods with us',
        });
        await seeThrough(ana, { channel, title: GRANT, after, second: ben, say });
        await ana.press(channel, /^it works$/i, { after });
      },
    );
  }

  async function raiseTimeout(): Promise<void> {
    await step(`runbook raise-probe-timeout: ${plan.reports} is alerted about less`, async () => {
      const after = await run(ana, channel, 'raise-probe-timeout', { workload: plan.reports, seconds: '30' });
      await seeThrough(ana, { channel, title: RAISE, after, say });
    });
    await step('the risk that two people take', () =>
      note(ben, channel, riskDecision.typed, riskDecision.words),
    );
  }

  async function takeBoth(): Promise<void> {
    await step(`the access is taken back`, () =>
      takeBack(ana, channel, { what: /view in/, title: GRANT, say }),
    );
    await step(`the readiness timeout of ${plan.reports} goes back`, () =>
      takeBack(ana, channel, { what: /readiness timeout/, title: RAISE, say }),
    );
  }

  await step(`runbook check-workload once more: ${plan.api} is ready`, async () => {
    const after = await run(ana, channel, 'check-workload', { workload: plan.api });
    await ana.read(channel, /All steps (are done|have run)|ends here|ready/i, { after });
  });

  let report = '';
  const resolving = ana.last(channel);
  await step('/incident resolve, and the report arrives', async () => {
    const summary =
      plan.variant === 'no fault'
        ? 'Nothing was wrong with the database.'
        : 'The members have an image that starts; one leads, all others follow.';
    report = await reportAfter(ana, script, channel, () =>
      ask(ana, channel, 'resolve', /resolve/i, { summary }),
    );
  });

  await step('what nobody recorded is kept for now', () => decideTheRest(ana, channel, resolving));

  if (whole)
    await step('what people write for the report: sections, whys, follow-ups', async () => {
      for (const one of sections(plan)) await writeSection(ana, channel, one);
      await writeWhys(ana, channel, whys(plan));
      for (const typed of followUps(plan, `<@${ben.actor.user.id}>`)) await followUp(ana, channel, typed);
    });

  await step('/incident close, and the report after it', async () => {
    report = await reportAfter(ana, script, channel, () => ana.command(channel, 'close'));
  });
  return report;
}

function leaderOf(plan: PidpPlan): string {
  return plan.used.members[plan.used.leader]?.name ?? '';
}

/** Just before a message, for waits that include it. */
function earlier(message: Seen): string {
  return String(Number(message.ts) - 0.000001);
}
