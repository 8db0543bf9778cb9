/** Posts the report as a Markdown file, then keeps it in the channel's canvas. */
import { sha256 } from '../../incidents/hash.ts';
import type { Incident } from '../../incidents/state.ts';
import { effectRecordId } from '../command-ids.ts';
import { line } from '../mrkdwn.ts';
import { publishCanvas } from './canvas.ts';
import type { Stage } from './stage.ts';

export async function publishReport(stage: Stage, channel: string, version: number): Promise<void> {
  const { report, incident, tries } = stage.shown;
  if (!report) throw new Error(`INC-${incident.number}: the effect "report" was given no report`);
  const hash = sha256(report.markdown);
  const comment = `:page_facing_up: ${kindOf(incident)} of INC-${incident.number} (timeline up to entry ${version}): ${line(incident.declared.title, 150)}${incident.reportStatus === 'final' ? '' : '. What it still needs: `/incident report`'}`;
  // A file carries no metadata: its comment is what a second try looks for.
  const there =
    tries > 1 ? await stage.attempt('look for the report', () => posted(stage, channel, comment)) : false;
  if (!there) {
    const done = await stage.attempt('post the report', () =>
      stage.client.files.uploadV2({
        channel_id: channel,
        filename: report.fileName,
        title: report.fileName,
        content: report.markdown,
        initial_comment: comment,
      }),
    );
    if (!done) return;
  }
  const { fileName: file, profile } = report;
  await stage.shown.record(
    { do: 'record report', file, hash, ...(profile ? { profile } : {}) },
    effectRecordId(stage.shown.effectId, 'report'),
  );
  await publishCanvas(stage, channel, report);
}

/** A closed incident alone makes no report final: somebody says that it is. */
function kindOf({ reportStatus }: Pick<Incident, 'reportStatus'>): string {
  if (reportStatus === 'final') return 'Final report';
  return reportStatus === 'in review' ? 'Report, in review,' : 'Draft of the report';
}

async function posted(stage: Stage, channel: string, comment: string): Promise<boolean> {
  const { messages = [] } = await stage.client.conversations.history({ channel, limit: 200 });
  const marker = comment.slice(comment.indexOf('INC-'), comment.indexOf(')') + 1);
  return messages.some((message) => message.user === stage.bot.user && message.text?.includes(marker));
}
