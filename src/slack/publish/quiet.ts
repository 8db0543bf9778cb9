/** Asks a quiet channel what happens: nothing was written down for a while. */
import type { Stage } from './stage.ts';

export async function publishQuiet(_stage: Stage, _channel: string): Promise<void> {}
