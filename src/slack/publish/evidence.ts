/** Posts what a check found or a change gave into the thread of its run, as far as its step shares it. */
import type { At } from '../../incidents/events.ts';
import { evidenceMessage, type WithEvidence } from '../views/evidence.ts';
import type { Stage } from './stage.ts';

function hasEvidence(event: NonNullable<Stage['shown']['event']>): event is WithEvidence {
  return ['check_done', 'check_repeated', 'act_done', 'verified'].includes(event.type);
}

export async function publishEvidence(stage: Stage, channel: string, at: At): Promise<void> {
  const { incident, event } = stage.shown;
  if (!event || !hasEvidence(event)) return;
  const run = incident.runs.get(at.run);
  const step = run?.runbook.steps.find((candidate) => candidate.id === at.step);
  const share = (step && 'capture' in step ? step.capture?.share : undefined) ?? 'thread';
  // It is on the timeline and in the report.
  if (share === 'none') return;
  // The change itself has said its line.
  if (share === 'summary' && event.type === 'verified') return;
  const one = run?.steps.get(at.step)?.tries.find((candidate) => candidate.try === at.try);
  const thread = stage.posted(`run:${at.run}`)?.ts;
  const message = evidenceMessage(one?.title ?? at.step, event, share);
  const place = await stage.post(`evidence:${event.version}`, channel, message, { thread });
  if (!place || message.file === undefined) return;
  const again = event.type === 'check_repeated' ? '-again' : '';
  const name = `inc-${incident.number}-${at.step}-${at.try}${again}.txt`;
  const content = message.file;
  await stage.attempt('upload the evidence', () =>
    stage.client.files.uploadV2({
      channel_id: channel,
      thread_ts: thread ?? place.ts,
      filename: name,
      title: name,
      content,
    }),
  );
}
