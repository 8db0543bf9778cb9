/** A bot whose worker is noticed 2 s after it was killed, and of whose bells every second one is lost. */
import { losing } from './losing-bells.ts';
import { runBot } from './tested-bot.ts';

await runBot({ bells: losing, times: { leaseMs: 2000, pollMs: 200, sweepMs: 250 } });
