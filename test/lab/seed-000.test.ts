// The first reported incident once more, in the lab: a real Patroni cluster of three behind the pods of a real control
// plane, two real registries, the bot with exactly the rights of `handrail rbac`, worked by two people through the local
// Slack. At the end patronictl, kubectl and psql, asked by the test, must say what the bot said.
// What the lab has not: PostgreSQL 12.4 and OpenShift. Its members are Debian's PostgreSQL 15 and Patroni 3.0.2, the
// images of both registries start the same programs, and the tempting image is a tag of a registry, not an ImageStream.
import { describeWith } from '../support/requirements.ts';
import { wholeNight } from './seed-000/whole-night.ts';

describeWith(['lab', 'registry', 'kubectl', 'postgres'], 'the night of the yaml crash, in the lab', () => {
  wholeNight('cluster');
});
