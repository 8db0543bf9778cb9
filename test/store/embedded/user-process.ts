/** A process that uses the built-in database: starts it, says so in one JSON line, and stops it when its input ends. */
import { startEmbedded } from '../../../src/store/embedded/start.ts';

const [home, elsewhere] = process.argv.slice(2);
if (home === undefined) throw new Error('usage: user-process.ts HOME [ELSEWHERE]');

try {
  const embedded = await startEmbedded({ home, ...(elsewhere === undefined ? {} : { elsewhere }) });
  const { url, adopted, joined, version } = embedded;
  process.stdout.write(`${JSON.stringify({ url, adopted, joined, version })}\n`);
  process.stdin.on('end', () => void embedded.stop()).resume();
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ error: (error as Error).name, message: (error as Error).message })}\n`,
  );
  process.exitCode = 1;
}
