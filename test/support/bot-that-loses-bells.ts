/** A bot of whose bells every second one is lost, here and in the queue: the sweep must find the work. */
import { losing } from './losing-bells.ts';
import { runBot } from './tested-bot.ts';

await runBot({ bells: losing, times: { sweepMs: 500 } });
