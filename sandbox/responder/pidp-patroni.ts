/** How the scripted responder works through `pidp-patroni`: only what people can do in Slack, in the order they would. */
import type { PidpPlan } from '../scenarios/pidp/plan.ts';
import type { LocalSlack } from '../slack/server.ts';
import { seeThrough } from './deciding.ts';
import { buttonsOf, CouldNot, handsOf, type Seen, type Shown } from './hands.ts';
import { ask, note, run } from './typing.ts';

export interface Script {
  readonly plan: PidpPlan;
  readonly slack: LocalSlack;
  /** Told to people who watch. */
  readonly say: (line: string) => void;
  /** What the platform person does at the cluster, by hand. */
  readonly repair: () => Promise<void>;
  /** ms that a person waits for one thing. */
  readonly patienceMs: number;
  /** Called before each step of the script, with its name; tests kill the bot here. */
  readonly before?: (step: string) => Promise<void>;
}

/** Plays it to the end. Throws CouldNot with what was missing. Gives the report as it arrived in the channel. */
export async function playPidpPatroni(script: Script): Promise<string> {
  const { plan, slack, say, patienceMs } = script;
  const ana = handsOf(slack, 'ana', patienceMs);
  const ben = handsOf(slack, 'ben', patienceMs);
  const platform = handsOf(slack, 'platform', patienceMs);
  const step = async (name: string, work: () => Promise<void>): Promise<void> => {
    say(name);
    await script.before?.(name);
    await work();
  };

  const DUMP = `Dump ${plan.database} from ${leaderOf(plan)}`;
  let channel = '';
  await step(`/incident start: ${plan.api} is not ready`, async () => {
    const general = slack.channel('general');
    const declared = {
      severity: 'SEV1',
      system: plan.api,
      noticed: `${plan.reports} shows no data; the health check of ${plan.api} fails now and then`,
      since: '20 minutes ago',
    };
    await ask(
      ana,
      general,
      `start ${plan.api} is not ready, ${plan.reports} shows no data`,
      /^declare/i,
      declared,
    );
    channel = await slack.until(() => findChannel(slack), patienceMs);
    await ana.read(channel, /INC-1/);
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
    await step('status: watching', () => ana.command(channel, 'status watching'));
    await step(`runbook dump-db on ${leaderOf(plan)}, approved by a second person`, async () => {
      const after = await run(ana, channel, 'dump-db', {
        pod: leaderOf(plan),
        database: plan.database,
        reason: 'A copy before the old members are touched again',
      });
      await seeThrough(ana, { channel, title: DUMP, after, second: ben, say });
    });
    await step('the dump is taken back: it holds personal data', () => takeBack(/database dump/i, DUMP));
    await step(`${plan.utility} goes back to 0`, () =>
      takeBack(new RegExp(`${escaped(plan.utility)} runs`), `Scale ${plan.utility}`),
    );
  }

  /** From the list of what was left behind. */
  async function takeBack(what: RegExp, title: string): Promise<void> {
    const before = ana.last(channel);
    await ana.command(channel, 'left');
    const after = await ana.wait('the list of what was left behind', channel, (messages) => {
      const list = messages.findLast((one) => one.ts > before && /Left behind/i.test(one.text));
      const shown = list && buttonBeside(list, what, /^undo$/i);
      return shown && { shown, ts: list.ts };
    });
    await ana.click(channel, after.shown);
    await seeThrough(ana, { channel, title, after: after.ts, say });
  }

  await step(`runbook check-workload once more: ${plan.api} is ready`, async () => {
    const after = await run(ana, channel, 'check-workload', { workload: plan.api });
    await ana.read(channel, /All steps are done|ends here|ready/i, { after });
  });

  let report = '';
  await step('/incident resolve, and the report arrives', async () => {
    const after = ana.last(channel);
    const summary =
      plan.variant === 'no fault'
        ? 'Nothing was wrong with the database.'
        : 'The members have an image that starts; one leads, all others follow.';
    await ask(ana, channel, 'resolve', /resolve/i, { summary });
    const message = await slack.until(
      () =>
        (ana.actor.history(channel) as unknown as Seen[]).findLast(
          (one) => one.ts > after && one.files?.length,
        ),
      patienceMs,
    );
    report = await fileText(slack, message);
  });

  await step('/incident close, and the final report', async () => {
    const after = ana.last(channel);
    await ana.command(channel, 'close');
    const message = await slack.until(
      () =>
        (ana.actor.history(channel) as unknown as Seen[]).findLast(
          (one) => one.ts > after && one.files?.length,
        ),
      patienceMs,
    );
    report = await fileText(slack, message);
  });
  return report;
}

function leaderOf(plan: PidpPlan): string {
  return plan.used.members[plan.used.leader]?.name ?? '';
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Just before a message, for waits that include it. */
function earlier(message: Seen): string {
  return String(Number(message.ts) - 0.000001);
}

/** The button that stands under the item of a list whose words fit. */
function buttonBeside(list: Seen, item: RegExp, label: RegExp): Shown | undefined {
  const blocks = list.blocks ?? [];
  const at = blocks.findIndex((block) => block.type === 'section' && item.test(block.text?.text ?? ''));
  const next = blocks[at + 1];
  if (at < 0 || !next) return undefined;
  return buttonsOf({ ...list, blocks: [next] }).find((shown) => label.test(shown.label));
}

function findChannel(slack: LocalSlack): string | undefined {
  for (const [id, channel] of slack.state.channels) if (channel.name.startsWith('inc-1-')) return id;
  return undefined;
}

/** Downloads a file as a person's Slack would. */
async function fileText(slack: LocalSlack, message: Seen): Promise<string> {
  const file = message.files?.[0];
  if (!file?.url_private) throw new CouldNot('the message has no file that could be opened');
  const response = await fetch(file.url_private, { headers: { authorization: `Bearer ${slack.botToken}` } });
  if (!response.ok) throw new CouldNot(`the file ${file.name ?? ''} could not be opened: ${response.status}`);
  return response.text();
}
