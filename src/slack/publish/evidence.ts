/** Posts what a check found into the thread of its run. */
import type { At } from '../../incidents/events.ts';
import { evidenceMessage } from '../views/evidence.ts';
import type { Stage } from './stage.ts';

export async function publishEvidence(stage: Stage, channel: string, at: At): Promise<void> {
  const { incident, event } = stage.shown;
  if (event?.type !== 'check_done') return;
  const run = incident.runs.get(at.run);
  const one = run?.steps.get(at.step)?.tries.find((candidate) => candidate.try === at.try);
  const thread = stage.posted(`run:${at.run}`)?.ts;
  const message = evidenceMessage(one?.title ?? at.step, event);
  const place = await stage.post(`evidence:${event.version}`, channel, message, { thread });
  if (!place || message.file === undefined) return;
  const name = `inc-${incident.number}-${at.step}-${at.try}.txt`;
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
