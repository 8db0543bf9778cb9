/** PIR011: people outside the team are named in a copy that leaves it. */
import type { Finding } from '../problem.ts';
import { prose, quoted, type ReportRead } from '../report-read.ts';
import type { Rule } from '../rule.ts';

/** Whole names outside the team, each with why it is taken for one. */
function outsiders(report: ReportRead, team: readonly string[]): ReadonlyMap<string, string> {
  const { names, outside } = report.people;
  const ours = new Set(team.map((name) => name.toLowerCase()));
  const known = (name: string): boolean => ours.has(name.toLowerCase());
  const found = new Map<string, string>();
  for (const [name, house] of outside) if (!known(name)) found.set(name, `of ${quoted(house, 40)}`);
  if (team.length > 0)
    for (const name of names)
      if (name.includes(' ') && !known(name) && !found.has(name))
        found.set(name, 'not in `people` of handrail.yaml');
  return found;
}

export const pir011: Rule = {
  code: 'PIR011',
  title: 'People outside the team in a shared copy',
  level: 'error',
  finds:
    'The copy is to leave the team (`--shared`) and names somebody who is not in `people` of handrail.yaml, or whom the text itself puts in another house: “(Example Hosting)”, “at platform services”.',
  why: 'They did not agree to be in a report that others read.',
  remedy: 'Name their team or role, or ask them; `--people roles` writes the whole report so.',
  needs: '`--shared`; names of the team from handrail.yaml where there is one.',
  check(report, { shared, team = [] }) {
    if (!shared) return [];
    const all = outsiders(report, team);
    const findings: Finding[] = [];
    for (const [name, why] of [...all].slice(0, 200))
      for (const unit of prose(report)) {
        const index = unit.text.indexOf(name);
        if (index === -1) continue;
        findings.push({
          place: unit.place(index),
          about: `${name} ${unit.text}`,
          says: `${quoted(name, 40)} is ${why}.`,
        });
        break;
      }
    return findings;
  },
};
