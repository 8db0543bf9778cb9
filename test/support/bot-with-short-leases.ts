/** A bot whose worker is noticed 2 s after it was killed, for tests that kill it. */
import { runBot } from './tested-bot.ts';

await runBot({ times: { leaseMs: 2000, pollMs: 200, sweepMs: 250 } });
