/** Performs one effect in Slack: one exhaustive switch. */
import type { Effect } from '../../incidents/react.ts';
import type { Published, Shown } from '../door.ts';
import { publishCard } from './card.ts';
import { publishEvidence } from './evidence.ts';
import { Later } from './failures.ts';
import { publishLeft } from './left.ts';
import { openChannel } from './open-channel.ts';
import { publishQuiet } from './quiet.ts';
import { publishReport } from './report.ts';
import { publishRun } from './run.ts';
import { type Publisher, type Stage, stageOf } from './stage.ts';
import { publishTell } from './tell.ts';
import { publishUpdate } from './update.ts';
import { publishWait } from './wait.ts';

/**
 * Done, or how long to wait before the same effect is given again with `tries` one higher. Throws for what is ours: a
 * mistake in a view, the door away.
 */
export async function publish(publisher: Publisher, effect: Effect, shown: Shown): Promise<Published> {
  const stage = stageOf(publisher, shown);
  try {
    await perform(stage, effect);
    return { done: true };
  } catch (error) {
    if (error instanceof Later) return error.published;
    throw error;
  }
}

async function perform(stage: Stage, effect: Effect): Promise<void> {
  // Without a channel there is nowhere to show anything; whoever opens it draws everything.
  const channel = stage.shown.incident.channel?.id;
  if (effect.kind === 'open channel') return openChannel(stage);
  if (channel === undefined) return;
  switch (effect.kind) {
    case 'card':
      return publishCard(stage, channel);
    case 'run':
      return publishRun(stage, channel, effect.run);
    case 'wait':
      return publishWait(stage, channel, effect.at);
    case 'evidence':
      return publishEvidence(stage, channel, effect.at);
    case 'tell':
      return publishTell(stage, channel);
    case 'left':
      return publishLeft(stage, channel, effect.version);
    case 'update':
      return publishUpdate(stage, channel);
    case 'quiet':
      return publishQuiet(stage, channel);
    case 'report':
      return publishReport(stage, channel, effect.version);
  }
}
