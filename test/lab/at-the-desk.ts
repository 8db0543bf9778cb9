// What a person of the night does more than once: answers with a reason, sees a change through, reads what a check said.
import { seeThrough } from '../../sandbox/responder/deciding.ts';
import type { Hands } from '../../sandbox/responder/hands.ts';
import { escaped } from '../../sandbox/responder/script.ts';
import { run } from '../../sandbox/responder/typing.ts';
import type { EventOf } from '../../src/incidents/events.ts';
import type { Desk } from '../e2e/desk.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { PATIENCE } from './patience.ts';

export interface AtTheDesk {
  /** By the form. Gives the number of the run. */
  start(runbook: string, params: Readonly<Record<string, string>>): Promise<number>;
  /** The runbook that a run ended with as what could come next. */
  startOffered(runbook: string, params: Readonly<Record<string, string>>): Promise<number>;
  /** What the last try of this check said, once it has. */
  check(run: number, step: string): Promise<EventOf<'check_done'>['body']>;
  /** Presses this choice of a question and gives the reason. */
  answer(label: RegExp, values: Readonly<Record<string, string>>): Promise<void>;
  /** Confirms the change whose messages begin so, has it approved by the second person, until it is verified. */
  see(run: number, step: string, title: string): Promise<void>;
  /** Opens the change's form by this button and types the phrase; then it is seen through. */
  type(run: number, step: string, title: string, phrase: string): Promise<void>;
  /** Skips the step of this run whose message begins so. */
  skip(run: number, title: string, reason: string): Promise<void>;
  /** The run is over; with which words. */
  ended(run: number): Promise<string>;
}

/** Declares an incident as ana does; gives its channel, to which ben has been invited. */
export async function declareAtTheDesk(
  desk: Desk,
  title: string,
  form: Readonly<Record<string, string>>,
): Promise<{ channel: string; at: AtTheDesk }> {
  const { ana, ben } = desk.hands;
  await ana.command('incidents', `start ${title}`);
  await ana.form(/Declare/, { ...form });
  const { channel } = (await desk.event(1, 'channel_opened')).body;
  const people = desk.slack.people.filter(({ name }) => name === 'ana' || name === 'ben');
  await desk.slack.until(() => {
    const members = desk.slack.state.channels.get(channel)?.members;
    return people.every(({ id }) => members?.has(id));
  }, PATIENCE * 1000);
  return { channel, at: atTheDesk(desk, channel, ana, ben) };
}

/** `first` works in the incident's channel, `second` approves. */
function atTheDesk(desk: Desk, channel: string, first: Hands, second: Hands): AtTheDesk {
  const until = <T>(what: string, look: () => Promise<T>) => waitUntil(what, look, { seconds: PATIENCE });
  const newRun = async (before: number, runbook: string) => {
    const started = await until(`a run of ${runbook} is on record`, async () => {
      const all = (await desk.events(1, 'run_started')).slice(before);
      return all.find(({ body }) => body.runbook.id === runbook);
    });
    began.set(started.body.run, first.last(channel));
    return started.body.run;
  };
  const began = new Map<number, string>();
  const see: AtTheDesk['see'] = async (number, step, title) => {
    await seeThrough(first, { channel, title, after: began.get(number) ?? '0', second });
    await until(`${step} of run ${number} is verified on record`, async () => {
      const all = await desk.events(1, 'verified');
      return all.find(({ body }) => body.run === number && body.step === step && body.held);
    });
  };
  return {
    async start(runbook, params) {
      const before = (await desk.events(1, 'run_started')).length;
      const after = await run(first, channel, runbook, params);
      const number = await newRun(before, runbook);
      began.set(number, after);
      return number;
    },
    async startOffered(runbook, params) {
      const before = (await desk.events(1, 'run_started')).length;
      const after = first.last(channel);
      const form = /Run a runbook/;
      const values = Object.entries(params).map(([name, value]) => [`param:${runbook}:${name}`, value]);
      await first.form(form, Object.fromEntries(values), async () => {
        await first.press(channel, new RegExp(`^Start ${runbook}$`), { there: () => first.sees(form) });
      });
      const number = await newRun(before, runbook);
      began.set(number, after);
      return number;
    },
    check: async (number, step) =>
      (
        await until(`the check ${step} of run ${number} is done`, async () => {
          const all = await desk.events(1, 'check_done');
          return all.findLast(({ body }) => body.run === number && body.step === step);
        })
      ).body,
    async answer(label, values) {
      const form = /^Decide/;
      await first.form(form, values, async () => {
        await first.press(channel, label, { there: () => first.sees(form) });
      });
    },
    see,
    async type(number, step, title, phrase) {
      const form = /^confirm by typing/i;
      const words = new RegExp(`^${escaped(title)}`);
      await first.form(form, { phrase }, async () => {
        const after = began.get(number) ?? '0';
        await first.press(channel, form, { words, after, there: () => first.sees(form) });
      });
      await see(number, step, title);
    },
    async skip(number, title, reason) {
      const form = /^Skip/;
      const words = new RegExp(`^${escaped(title)}`);
      const after = began.get(number) ?? '0';
      await first.form(form, { reason }, async () => {
        await first.press(channel, /^Skip$/, { words, after, there: () => first.sees(form) });
      });
    },
    ended: async (number) =>
      (
        await until(`run ${number} is over`, async () =>
          (await desk.events(1, 'run_ended')).find(({ body }) => body.run === number),
        )
      ).body.says,
  };
}
