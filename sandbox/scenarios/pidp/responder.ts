/** What the scripted responder does in `pidp-patroni`, from declaring the incident to its report. */
import type { ResponderStep } from '../scenario.ts';
import type { PidpPlan } from './plan.ts';

export function responderOf(plan: PidpPlan): readonly ResponderStep[] {
  const { api, reports, utility, used, database } = plan;
  const [lead, second] = ['lead', 'second'] as const;
  const begin: readonly ResponderStep[] = [
    { do: 'command', who: lead, text: '/incident start', where: 'general' },
    {
      do: 'fill',
      who: lead,
      modal: 'start',
      values: { title: `${api} is not ready, ${reports} shows no data`, system: api, severity: 'high' },
    },
    { do: 'wait', for: api, seconds: 20 },
    { do: 'note', who: second, text: `${reports} shows timeouts since this morning`, by: 'command' },
    { do: 'run', who: lead, runbook: 'check-patroni', values: { workload: api } },
    { do: 'wait', for: used.service, seconds: 60 },
  ];
  const close: readonly ResponderStep[] = [
    { do: 'command', who: lead, text: '/incident left' },
    { do: 'command', who: lead, text: '/incident resolve' },
    { do: 'command', who: lead, text: '/incident report' },
  ];
  if (plan.variant === 'no fault') return [...begin, ...close];
  const pod = used.members[used.leader]?.name ?? '';
  return [
    ...begin,
    { do: 'note', who: second, text: `the other database is healthy, and nothing uses it`, by: 'pushpin' },
    { do: 'run', who: lead, runbook: 'scale-utility-pod', values: { workload: utility, replicas: '1' } },
    { do: 'click', who: lead, button: 'Confirm', step: 'scale' },
    { do: 'by hand', who: 'platform' },
    { do: 'click', who: lead, button: 'Done by hand' },
    { do: 'wait', for: 'follow', seconds: 120 },
    {
      do: 'run',
      who: lead,
      runbook: 'dump-db',
      values: { pod, database, reason: 'before anything else is changed' },
    },
    { do: 'click', who: lead, button: 'Confirm', step: 'dump' },
    { do: 'click', who: second, button: 'Approve', step: 'dump' },
    { do: 'wait', for: 'sha256', seconds: 120 },
    { do: 'click', who: lead, button: 'Undo', step: 'dump' },
    { do: 'click', who: lead, button: 'Undo', step: 'scale' },
    ...close,
  ];
}
