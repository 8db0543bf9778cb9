// What a person of the night does more than once: answers with a reason, sees a change through, reads what a check said.
import { seeThrough } from '../../../sandbox/responder/deciding.ts';
import type { Hands } from '../../../sandbox/responder/hands.ts';
import { run } from '../../../sandbox/responder/typing.ts';
import type { EventOf } from '../../../src/incidents/events.ts';
import type { Desk } from '../../e2e/desk.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { PATIENCE } from './night.ts';

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
  /** The run is over; with which words. */
  ended(run: number): Promise<string>;
}

/** `first` works in the incident's channel, `second` approves. */
export function atTheDesk(desk: Desk, channel: string, first: Hands, second: Hands): AtTheDesk {
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
    async see(number, step, title) {
      await seeThrough(first, { channel, title, after: began.get(number) ?? '0', second });
      await until(`${step} of run ${number} is verified on record`, async () => {
        const all = await desk.events(1, 'verified');
        return all.find(({ body }) => body.run === number && body.step === step && body.held);
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
