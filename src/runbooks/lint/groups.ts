/** RB111: a two-person step needs a second person, so its groups need two. Slack's user groups are for `doctor` to ask. */
import { groupMembers } from '../../catalog/access.ts';
import { suggestion } from '../../catalog/nearest.ts';
import { type LintContext, reportKey, reportValue, wholeSteps } from './context.ts';

export function checkGroups(context: LintContext): void {
  const { groups } = context;
  if (groups === undefined) return;
  for (const { step, path } of wholeSteps(context)) {
    if (step.kind !== 'act' || step.confirm.level !== 'two-person' || step.confirm.from.length === 0)
      continue;
    const at = [...path, 'confirm', 'from'];
    const people = new Set<string>();
    let mayBeMore = false;
    step.confirm.from.forEach((group, index) => {
      const members = groupMembers(groups, group);
      for (const { id } of members?.people ?? []) people.add(id);
      // A Slack user group may be enough; a group that is not there is told by itself.
      if (members === undefined || members.usergroups.length > 0) mayBeMore = true;
      if (members !== undefined) return;
      const name = group.replace(/^group:/, '');
      const says = `handrail.yaml has no group ${name}: nobody could approve ${step.id}.`;
      const remedy = suggestion(name, Object.keys(groups.groups)) ?? `Add ${name} to access.groups.`;
      reportValue(context, [...at, index], { code: 'RB111', level: 'warning', says, remedy });
    });
    if (mayBeMore || people.size >= 2) continue;
    const names = step.confirm.from.map((group) => group.replace(/^group:/, '')).join(' and ');
    const have = step.confirm.from.length === 1 ? 'has' : 'have together';
    const count = people.size === 1 ? 'one person' : 'nobody';
    const says = `${step.id} needs two people, and ${names} ${have} ${count}.`;
    const remedy = 'Add people to the group in handrail.yaml.';
    reportKey(context, at, { code: 'RB111', level: 'warning', says, remedy });
  }
}
