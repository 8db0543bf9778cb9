/** Installs what Handrail needs with npm. Everything it says goes to standard error: standard output is the program's. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { incomplete } from './complete.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { CannotLaunch } from './stop.mjs';

const windows = process.platform === 'win32';

/** The npm that started us, else the one beside this Node, else the one in the search path. */
function npm() {
  const candidates = [
    process.env.npm_execpath,
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = candidates.find((file) => file && basename(file) === 'npm-cli.js' && existsSync(file));
  return script ? [process.execPath, script] : [windows ? 'npm.cmd' : 'npm'];
}

/** Known causes, by npm's own error codes (docs: "Common errors") and the system's. */
const CAUSES = [
  [/ENOSPC|no space left/i, 'The disk is full. Free about 1 GB and start again.'],
  [/EACCES|EPERM|EROFS/, 'The project folder cannot be written. Start as the user whom it belongs to.'],
  [
    /EUSAGE|package-lock\.json.*(?:sync|exist)/is,
    'package.json and package-lock.json do not match. Run "git checkout package-lock.json", or "npm install" if you changed package.json.',
  ],
  [/EINTEGRITY/, 'A package arrived damaged. Run "npm cache clean --force" and start again.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|ENOTCACHED|network/i,
    'npm’s package registry cannot be reached. Look at the network, and at "npm config get proxy" and "npm config get registry".',
  ],
  [
    /\bE40[13]\b/,
    'npm’s package registry refused. Look at "npm config get registry" and log in to it with "npm login".',
  ],
  [
    /\bE404\b|ETARGET/,
    'npm’s package registry does not have a package that is needed. Look at "npm config get registry".',
  ],
];

function reasonFor(output, how) {
  const cause = CAUSES.find(([pattern]) => pattern.test(output));
  const advice = cause
    ? cause[1]
    : 'npm’s own words are above. Mend what they name, or run "npm ci" by hand.';
  return `Handrail could not install what it needs (npm ${how}). ${advice}`;
}

function runNpm(project, started) {
  const [program, ...first] = npm();
  const args = [
    ...first,
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--no-progress',
  ];
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(program, args, {
      cwd: project,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows && first.length === 0,
    });
    // npm says on standard output how much it added: of no use to anybody here.
    child.stdout.resume();
    if (child.pid !== undefined) started(child.pid);
    child.stderr.on('data', (chunk) => {
      output = (output + chunk).slice(-50_000);
      process.stderr.write(chunk);
    });
    const stop = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, stop);
    const done = () => signals.forEach((signal) => process.off(signal, stop));
    child.on('error', (error) => {
      done();
      const how = error.code === 'ENOENT' ? 'is not on this machine' : error.message;
      reject(
        new CannotLaunch(
          `Handrail could not install what it needs: npm ${how}. Install Node 22.19 or newer, which brings npm, and start again.`,
        ),
      );
    });
    child.on('close', (code, signal) => {
      done();
      if (code === 0) resolve();
      else if (signal || code > 128)
        reject(new CannotLaunch('The installation was interrupted. Start again to repeat it.'));
      else reject(new CannotLaunch(reasonFor(output, `ended with ${code}`)));
    });
  });
}

/** Installs when something is missing; waits when another start is doing it. @throws CannotLaunch in words */
export async function installIfNeeded(project) {
  if (incomplete(project) === undefined) return;
  const say = (line) => process.stderr.write(`${line}\n`);
  try {
    await oneAtATime(
      join(project, '.handrail', 'installing'),
      async (handTo) => {
        if (incomplete(project) === undefined) return;
        say('Installing what Handrail needs (about a minute)...');
        await runNpm(project, handTo);
        const wrong = incomplete(project);
        if (wrong !== undefined) {
          throw new CannotLaunch(
            `npm finished, and yet ${wrong}. Delete the folder ${join(project, 'node_modules')} and start again.`,
          );
        }
        say('Installed.');
      },
      () => say('Another start is installing what Handrail needs; waiting for it...'),
    );
  } catch (error) {
    if (error instanceof CannotLaunch || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error.code))
      throw error;
    throw new CannotLaunch(reasonFor(error.code, 'could not start'));
  }
}
