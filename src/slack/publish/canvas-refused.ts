/** What Slack says about canvases: whose they are in a channel's description, and its refusals in words. */
import { webApi } from '@slack/bolt';
import { cut } from '../fit.ts';
import { failureOf, Later } from './failures.ts';
import type { Stage } from './stage.ts';

/** In the first line of every canvas that Handrail writes: while it stands there, the canvas is ours. */
export const canvasMarker = (incident: number): string => `Handrail keeps this page for INC-${incident}:`;

/** Slack refused for good. */
export class Refused extends Error {
  readonly code: string;
  readonly says: string;

  constructor(code: string, says: string) {
    super(says);
    this.code = code;
    this.says = says;
  }
}

const why: Record<string, string> = {
  team_tier_cannot_create_channel_canvases: 'The plan of this workspace has no canvases for channels.',
  free_teams_cannot_create_standalone_canvases: 'The plan of this workspace has no canvases.',
  free_teams_cannot_edit_standalone_canvases: 'The plan of this workspace lets no app write this canvas.',
  canvas_disabled_user_team: 'Canvases are turned off in this workspace.',
  restricted_action: 'The workspace lets no app write canvases.',
  taken: 'The channel has a canvas that people wrote, and Handrail writes over none.',
  not_found: 'Slack says that the channel has a canvas already, but does not show it.',
};

/** Why, and that nothing is lost. */
export function canvasWords(code: string, says = `Slack says ${code}.`): string {
  return `The report is in its file only, not in a canvas. ${why[code] ?? says}`;
}

/**
 * Undefined for a code of `quietly`.
 * @throws Refused for good, Later for a while
 */
export async function refusable<T>(
  stage: Stage,
  what: string,
  call: () => Promise<T>,
  quietly?: ReadonlySet<string>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    const failure = failureOf(error, stage.shown.tries);
    if ('later' in failure) throw new Later(failure.later, canvasWords('later', `${what}: ${failure.says}`));
    if (quietly?.has(failure.refused)) return undefined;
    throw new Refused(failure.refused, canvasWords(failure.refused, `${failure.says}${detailOf(error)}`));
  }
}

/** Slack names the line and what it does not take there. */
function detailOf(error: unknown): string {
  if (!(error instanceof webApi.WebAPIPlatformError)) return '';
  const { detail } = error.data as { detail?: unknown };
  return typeof detail === 'string' ? ` ${cut(detail, 200)}` : '';
}

/**
 * The canvases of a channel as `conversations.info` describes it: `properties.canvas`, or, as newer channels have it,
 * only tabs of the type canvas.
 */
export function canvasesOf(channel: unknown): { readonly id: string; readonly empty: boolean }[] {
  const found = new Map<string, boolean>();
  const properties = part(part(channel).properties);
  for (const list of [properties.tabs, properties.tabz])
    for (const tab of Array.isArray(list) ? list : []) {
      const { file_id: id } = part(part(tab).data);
      if (part(tab).type === 'canvas' && typeof id === 'string' && id !== '') found.set(id, false);
    }
  const { file_id: id, is_empty: empty } = part(properties.canvas);
  if (typeof id === 'string' && id !== '') found.set(id, empty === true);
  return [...found].map(([one, isEmpty]) => ({ id: one, empty: isEmpty }));
}

const part = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
