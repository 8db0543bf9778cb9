/** Who sits at this terminal: the operating system's user at this machine, mapped to a person in handrail.yaml. */
import { hostname, userInfo } from 'node:os';

export function terminalPerson(): { id: string; name: string } {
  const { username } = userInfo();
  const id = `terminal:${username}@${hostname()}`;
  return { id, name: `${username}@${hostname()}` };
}
