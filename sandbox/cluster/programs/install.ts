/** Puts programs that the machine lacks into a folder: stand-ins, each of which says so in its output. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The size of a pod's volume is that of its claim, not that of this machine's disk: without this a full laptop would
 * change what a scenario shows. Understands `df [-P] [-k|-h] PATH`.
 */
const DF = `#!/bin/sh
# Handrail stand-in: the room on a pod's own volume.
unit=1
for word in "$@"; do
  case $word in -*h*) unit=1024;; -*) ;; *) path=$word;; esac
done
path=\${path:-.}
[ -e "$path" ] || { echo "df: $path: No such file or directory" >&2; exit 1; }
full=$(cd "$path" 2>/dev/null && pwd -P || (cd "$(dirname "$path")" && pwd -P))
root=$(cd "$HANDRAIL_POD_ROOT" && pwd -P)
mount=/ total=\${HANDRAIL_DISK_KB:-104857600} used=52428800
old=$IFS; IFS=:
for volume in $HANDRAIL_POD_VOLUMES; do
  case "$full/" in "$root$volume"/*) mount=$volume total=\${HANDRAIL_VOLUME_KB:-10485760} used=$((\${HANDRAIL_VOLUME_USED_KB:-1048576} + $(du -sk "$root$volume" 2>/dev/null | cut -f1)));; esac
done
IFS=$old
name=/dev/mapper/stand-in
[ "$mount" = / ] && name=overlay
echo "Filesystem 1024-blocks Used Available Capacity Mounted on"
free=$((total - used))
[ "$free" -ge 0 ] || free=0
if [ "$unit" = 1024 ]; then echo "$name $((total / 1024))M $((used / 1024))M $((free / 1024))M $((used * 100 / total))% $mount"
else echo "$name $total $used $free $((used * 100 / total))% $mount"; fi
`;

export interface Installed {
  /** The folder to put first in PATH. */
  readonly folder: string;
  /** True when psql, pg_dump and pg_restore are the machine's own. */
  readonly machine: boolean;
}

/**
 * Installs `df`, and PostgreSQL's programs where the machine's pg_dump is absent or older than the server, which the
 * real one refuses to dump. `want` overrules that.
 */
export function installPrograms(
  folder: string,
  serverMajor: number,
  want: 'machine' | 'stand-in' | 'best' = 'best',
): Installed {
  mkdirSync(folder, { recursive: true });
  write(join(folder, 'df'), DF);
  const machine = want === 'machine' || (want === 'best' && machineMajor() >= serverMajor);
  if (!machine) {
    for (const name of ['psql', 'pg_dump', 'pg_restore']) {
      const program = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
      write(
        join(folder, name),
        `#!/bin/sh\nexec ${quoted(process.execPath)} --no-warnings ${quoted(program)} "$@"\n`,
      );
    }
  }
  return { folder, machine };
}

function machineMajor(): number {
  try {
    const said = execFileSync('pg_dump', ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    execFileSync('psql', ['--version'], { stdio: 'ignore' });
    return Number(/(\d+)/.exec(said)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function write(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
