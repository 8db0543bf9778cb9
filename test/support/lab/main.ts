// `npm run lab`: opens a lab, says how to reach it, and closes it when it is ended.
import { look } from '../real-programs.ts';
import { openLab } from './lab.ts';
import { memoryOf } from './memory.ts';
import { MEMBERS } from './world/patroni.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

const seen = look('lab');
if (!seen.available) {
  process.stderr.write(`The lab cannot run here: ${seen.reason}\n`);
  process.exit(1);
}
const lab = await openLab({ tell: (what) => say(`  ${what}`) }).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
say(`The lab is ready after ${lab.seconds.toFixed(1)} s, ${memoryOf(lab.pids())} MB.`);
say('');
say(`  export KUBECONFIG=${lab.kubeconfig}`);
say(`  kubectl -n ${lab.namespace} get pods`);
say(`  kubectl -n ${lab.namespace} exec ${MEMBERS[0]} -- patronictl list`);
for (const member of MEMBERS)
  say(`  ${member}: PostgreSQL and REST at ${lab.addressOf(member)}, volume ${lab.volumeOf(member)}`);
say('');
say('Ctrl-C ends it; nothing is left then.');
// Held open until a signal comes.
const held = setInterval(() => undefined, 60_000);
let closing: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    closing ??= lab.close().then(() => clearInterval(held));
  });
