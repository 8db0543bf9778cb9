/** What was undone that night as a step of its own: the undo's call, verified by the probe of what was left behind. */
import type { ActStep } from '../../runbooks/runbook.ts';
import type { StepStory } from '../timeline/steps.ts';

/** The undo as an act that anybody can read: verified by the probe of what was left. Words when that is not possible. */
export function takeBack(
  step: ActStep,
  story: StepStory,
  params: Readonly<Record<string, unknown>>,
  plan: StepStory['plan'],
): ActStep | string {
  const probe = step.leaves.kind === 'temporary' ? step.leaves.probe : null;
  const opened = story.opened?.body;
  if (!opened?.uses) return 'how, is not on record.';
  if (!probe) return 'its step names nothing by which that could be verified: press Undo after it.';
  const with_ =
    step.undo.kind === 'call'
      ? step.undo.with
      : (literals(opened.args ?? {}, params, step.id, plan) as ActStep['with']);
  return {
    id: step.id,
    kind: 'act',
    title: `Take back: ${step.title}`,
    line: 0,
    uses: opened.uses,
    with: with_,
    // As long as an undo by its button may take.
    timeoutMs: 30_000,
    confirm: { level: 'click', from: [], expiresMs: 600_000 },
    verify: { uses: probe.uses, with: probe.with, until: probe.gone, timeoutMs: 120_000 },
    undo: { kind: 'none', why: 'It takes back what an earlier step did.' },
    leaves: { kind: 'nothing', why: 'It takes back what an earlier step left.' },
    alsoLeaves: [],
    locks: step.locks,
    ...(step.timeline ? { timeline: step.timeline } : {}),
  };
}

/** Values of that night become what they came from: a parameter of the run, or a value of the plan. */
function literals(
  args: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>>,
  step: string,
  plan: StepStory['plan'],
): Record<string, unknown> {
  const of = (value: unknown): unknown => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, of(one)]));
    const param = Object.entries(params).find(
      ([, one]) => typeof one === 'string' && one === value && one !== '',
    );
    if (param) return `\${{ params.${param[0]} }}`;
    const planned = Object.entries(plan?.body.plan.values ?? {}).filter(([, one]) => one === value);
    if (planned.length === 1 && typeof value !== 'boolean')
      return `\${{ steps.${step}.plan.${planned[0]?.[0]} }}`;
    return value;
  };
  return of(args) as Record<string, unknown>;
}
