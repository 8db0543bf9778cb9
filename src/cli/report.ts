/** `handrail report INC-7`: the post-incident report from the stored events, anywhere, without Slack or a cluster. */
import { writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { cleanLine } from '../actions/redact/log-line.ts';
import type { Config } from '../config/config.ts';
import { formatProblems } from '../config/problem.ts';
import { readTemplate } from '../config/report-template.ts';
import { openStore } from '../open-store.ts';
import { finishedReport } from '../perform/report-review.ts';
import type { PeopleStyle } from '../report/people.ts';
import { profileNamed, profileNames } from '../report/profiles.ts';
import type { ReportTemplate } from '../report/template.ts';
import { recordOf } from '../store/read.ts';
import { version } from '../version.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { incidentNumber } from './incident-number.ts';
import { readConfig } from './read-config.ts';
import { WrongInput } from './wrong-input.ts';

const peopleStyles: readonly PeopleStyle[] = ['names', 'roles', 'initials'];

interface Values {
  readonly profile?: string;
  readonly template?: string;
  readonly people?: string;
  readonly out?: string;
}

/** From what was typed. Gives the exit code. Throws WrongInput. */
export async function reportHere(
  given: Terminal & { readonly names: readonly string[]; readonly values: Values },
): Promise<number> {
  const { env, names, values, print, warn } = given;
  const incident = incidentNumber(names[0] ?? '');
  const config = await readConfig(env, warn);
  return printReport({ config, incident, values, print, warn });
}

async function printReport(options: {
  config: Config;
  incident: number;
  values: Values;
  print: (line: string) => void;
  warn: (line: string) => void;
}): Promise<number> {
  const { config, incident, values, print, warn } = options;
  const wanted = values.profile ?? config.handrail.report.profile;
  const profile = profileNamed(wanted);
  if (!profile)
    throw new WrongInput(`There is no report profile ${wanted}. There is: ${profileNames.join(', ')}`);
  const template = await templateFor(config, values);
  const people = peopleStyles.find((style) => style === (values.people ?? config.handrail.report.people));
  if (!people) throw new WrongInput(`--people ${values.people}: choose one of ${peopleStyles.join(', ')}`);
  const store = await openStore({
    ...(config.settings.databaseUrl ? { databaseUrl: config.settings.databaseUrl } : {}),
    home: config.home,
    log: pino({ level: 'error', hooks: { streamWrite: cleanLine } }, pino.destination(2)),
  });
  try {
    const { events, head } = await recordOf(store.pool, incident);
    if (events.length === 0) throw new WrongInput(`There is no INC-${incident}.`);
    const options = {
      profile,
      people,
      version,
      ...(template ? { template } : {}),
      ...(head ? { head } : {}),
    };
    const { markdown } = finishedReport(events, options);
    if (values.out) {
      await writeFile(values.out, markdown);
      warn(`Written to ${values.out}`);
    } else print(markdown.trimEnd());
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

/** What was typed counts: a profile that is named is not hidden behind the template of handrail.yaml. */
async function templateFor(config: Config, values: Values): Promise<ReportTemplate | undefined> {
  if (values.template === undefined) return values.profile === undefined ? config.template : undefined;
  const { template, problems } = await readTemplate(values.template, process.cwd(), '');
  if (!template) throw new WrongInput(formatProblems(problems));
  return template;
}
