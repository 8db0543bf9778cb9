// A process that starts a control plane and is killed by its test before it can stop it.
import { startControlPlane } from '../support/control-plane/control-plane.ts';

const plane = await startControlPlane();
process.stdout.write(`${JSON.stringify({ dir: plane.dir, pids: plane.pids() })}\n`);
setInterval(() => {}, 60_000);
