/** `handrail runbook draft INC-7`: a runbook from what was done, to be read and mended by a person. */
import { writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { register } from '../actions/index.ts';
import { draftRunbook, NothingToDraft } from '../incidents/as-runbook.ts';
import { openStore } from '../open-store.ts';
import { cleanEvents } from '../perform/clean-events.ts';
import { runbookFile } from '../runbooks/as-file.ts';
import { formatProblem } from '../runbooks/library.ts';
import { parseRunbook } from '../runbooks/parse.ts';
import { allEvents } from '../store/read.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { incidentNumber } from './incident-number.ts';
import { readConfig } from './read-config.ts';
import { WrongInput } from './wrong-input.ts';

/** From what was typed. 1 when the draft does not load as it is; its problems are printed. Throws WrongInput. */
export async function draftHere(
  given: Terminal & {
    readonly names: readonly string[];
    readonly values: { readonly id?: string; readonly out?: string };
  },
): Promise<number> {
  const { env, names, values, print, warn } = given;
  const incident = incidentNumber(names[0] ?? '');
  const id = values.id ?? `as-in-inc-${incident}`;
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id))
    throw new WrongInput(`--id ${id}: a runbook's name is small letters, digits and -`);
  const config = await readConfig(env, warn);
  const store = await openStore({
    ...(config.settings.databaseUrl ? { databaseUrl: config.settings.databaseUrl } : {}),
    home: config.home,
    log: pino({ level: 'error' }, pino.destination(2)),
  });
  try {
    const events = await allEvents(store.pool, incident);
    if (events.length === 0) throw new WrongInput(`There is no INC-${incident}.`);
    const today = new Date().toISOString().slice(0, 10);
    const { text, left } = textOf(cleanEvents(events), { id, today, incident });
    if (values.out) {
      await writeFile(values.out, text);
      warn(`Written to ${values.out}. Read it, take out what was needed only then, and give it an owner.`);
    } else print(text.trimEnd());
    for (const line of left) warn(`Not taken over: ${line}`);
    const { problems } = parseRunbook(text, values.out ?? `${id}.yaml`, register, today);
    for (const problem of problems) warn(formatProblem(problem));
    return problems.some(({ level }) => level === 'error') ? EXIT.notOk : EXIT.ok;
  } finally {
    await store.close();
  }
}

function textOf(
  events: Parameters<typeof draftRunbook>[0],
  { id, today, incident }: { id: string; today: string; incident: number },
): { text: string; left: readonly string[] } {
  try {
    const { runbook, notes, left } = draftRunbook(events, { id, today });
    const head = [
      `Written from INC-${incident}. The values of that night are the defaults of the parameters.`,
      'Read it, take out what was needed only then, and give it an owner.',
    ].join('\n');
    return { text: runbookFile(runbook, { head, above: (step) => notes.get(step.id) }), left };
  } catch (error) {
    if (error instanceof NothingToDraft) throw new WrongInput(error.message);
    throw error;
  }
}
