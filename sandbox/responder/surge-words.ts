/** What the people of `postgres-connections` write for the report, beside what the bot saw. */

interface Night {
  /** What people outside use, and the other one that stopped. */
  readonly site: string;
  readonly bot: string;
  readonly service: string;
}

/** As src/report/sections.ts names them. */
export const sections = ({
  site,
  bot,
  service,
}: Night): readonly { name: string; title: string; text: string }[] => [
  { name: 'leadup', title: 'Leadup', text: `Commands of ${bot} stopped to work, and we began to look.` },
  {
    name: 'impact',
    title: 'Impact',
    text: [
      `- ${site} and its API were unavailable, for everybody, the whole time; the CDN showed its last copy.`,
      `- ${bot} took no commands: nobody could moderate.`,
    ].join('\n'),
  },
  {
    name: 'detection',
    title: 'Detection',
    text: `Nothing watched how many connections ${service} has. An alert before the limit would have told us earlier.`,
  },
  {
    name: 'response',
    title: 'Response',
    text: 'What stood in the way was that one person knew how to get out of it, and that it was written down nowhere.',
  },
  {
    name: 'root cause',
    title: 'Root cause',
    text: `Not certain. We suspect that ${site} does not end its connections when its pods stop; it could not be shown again.`,
  },
  {
    name: 'lessons',
    title: 'Lessons',
    text: [
      '- Everybody on call needs access to the provider, also when the password manager is down.',
      `- Whatever can make ${service} unavailable needs an alert: everything depends on it.`,
      '- There are no backups of the databases.',
      '- A pooler may be needed before more services connect.',
    ].join('\n'),
  },
];

/** From the incident down; the last one nobody knows. */
export const whys = ({ site, service }: Night): readonly string[] => [
  `${service} was unavailable, so everything that needs it stopped.`,
  `${service} had as many clients as it takes.`,
  `Connections of earlier rollouts of ${site} had not ended.`,
];

/** As typed behind `/incident follow-up`. */
export const followUps = ({ site, service }: Night, owner: string): readonly string[] =>
  [
    `Set up backups of ${service}, and restore one`,
    `Reproduce in a test that ${site} leaves connections behind when its pods stop`,
    `Try a pooler in front of ${service} with the load of one day`,
    'Write the way back down as a runbook, and play it once a quarter',
  ].map((text) => `${text} ${owner} due in 2 weeks`);
