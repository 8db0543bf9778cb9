/** `handrail report INC-7`: the post-incident report from the stored events, anywhere, without Slack or a cluster. */
import { writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import type { Config } from '../config/config.ts';
import { openStore } from '../open-store.ts';
import type { PeopleStyle } from '../report/people.ts';
import { report } from '../report/report.ts';
import { allEvents } from '../store/read.ts';
import { version } from '../version.ts';
import { EXIT } from './exit-codes.ts';
import { WrongInput } from './wrong-input.ts';

const peopleStyles: readonly PeopleStyle[] = ['names', 'roles', 'initials'];

export async function printReport(options: {
  config: Config;
  incident: number;
  values: { profile?: string; people?: string; out?: string };
  print: (line: string) => void;
  warn: (line: string) => void;
}): Promise<number> {
  const { config, incident, values, print, warn } = options;
  if ((values.profile ?? 'default') !== 'default')
    throw new WrongInput(`There is no report profile ${values.profile}. There is: default`);
  const people = peopleStyles.find((style) => style === (values.people ?? config.handrail.report.people));
  if (!people) throw new WrongInput(`--people ${values.people}: choose one of ${peopleStyles.join(', ')}`);
  const store = await openStore({
    ...(config.settings.databaseUrl ? { databaseUrl: config.settings.databaseUrl } : {}),
    home: config.home,
    log: pino({ level: 'error' }, pino.destination(2)),
  });
  try {
    const events = await allEvents(store.pool, incident);
    if (events.length === 0) throw new WrongInput(`There is no INC-${incident}.`);
    const { markdown } = report(events, { profile: 'default', people, version });
    if (values.out) {
      await writeFile(values.out, markdown);
      warn(`Written to ${values.out}`);
    } else print(markdown.trimEnd());
    return EXIT.ok;
  } finally {
    await store.close();
  }
}
