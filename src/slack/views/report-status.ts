/** How far the report is, in one line for the channel. */
import type { EventOf } from '../../incidents/events.ts';
import { who } from '../mrkdwn.ts';

export function reportStatusLine({ body, by }: EventOf<'report_status_set'>): string {
  if (body.to === 'final') return `:white_check_mark: ${who(by)} made the report final. The file follows.`;
  if (body.to === 'in review')
    return `:mag: ${who(by)} put the report in review. Read it and write what is missing: \`/incident report\``;
  return `:pencil2: The report is a draft again: ${who(by)} changed something that it says. \`/incident report\` shows what is open.`;
}
