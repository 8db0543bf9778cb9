// The second reported incident once more, in the lab: a real PostgreSQL behind a real control plane is full of
// connections of pods that are gone and of a rollout that cannot end; the bot has exactly the rights of `handrail rbac`
// and is worked by two people through the local Slack. Then the database is stopped, and its volume hangs. At the end
// kubectl and psql, asked by the test, must say what the bot said.
// Real are the attach-detach controller and its VolumeAttachments. A stand-in (support/lab/provider.ts) is the storage
// provider with its driver: it "hangs" by not detaching, and "the provider's console" is a call of the test. What the
// lab has not: a second node, a real provider, PostgreSQL 13, Django.
import { describeWith } from '../support/requirements.ts';
import { wholeNight } from './seed-001/whole-night.ts';

describeWith(['lab', 'kubectl', 'postgres'], 'the night of the connections, in the lab', () => {
  wholeNight('cluster');
});
