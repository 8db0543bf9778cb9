/** The shell scripts that a dump consists of inside the pod: start it apart from us, work, look, stop, tidy. */
import { script } from './in-pod.ts';

/**
 * Files of a dump to `P`: `P` (complete), `P.sha256` (its hash, complete), `P.partial` (being written), and the folder
 * `P.job` while it runs: `pid`, `log` (pg_dump's errors), `why` (asked to end early), `end` (how it failed), `fenced`
 * (was never started and must not be any more).
 */

/**
 * argv: path database user operation stop-percent limit-seconds. Runs in a session of its own, so that neither the end
 * of the exec connection nor that of the bot reaches it. pg_dump itself writes to disk (fsync) before it ends.
 */
export const WORK = script`
  path=$1 operation=$4 least=$5 limit=$6 job=$1.job part=$1.partial
  umask 077
  echo $$ >"$job/pid"
  fail() {
    rm -f "$part" "$path.sha256"
    echo "$1" >"$job/end.new"
    mv "$job/end.new" "$job/end"
    exit 1
  }
  asked_to_end() { [ ! -s "$job/why" ] || fail "$(cat "$job/why")"; }
  started=$(date +%s)
  PGDATABASE=$2 PGUSER=\${3:-\${PGUSER:-postgres}} PGAPPNAME=$operation
  export PGDATABASE PGUSER PGAPPNAME
  pg_dump -Fc -w --lock-wait-timeout=5s -f "$part" >"$job/log" 2>&1 </dev/null &
  dump=$!
  trap 'echo stopped >"$job/why"; kill "$dump" 2>/dev/null' TERM
  while kill -0 "$dump" 2>/dev/null; do
    df -Pk "$job" | { read -r _; read -r _ total _ free _; [ $((free * 100)) -ge $((total * least)) ]; } || echo space >"$job/why"
    [ $(($(date +%s) - started)) -lt "$limit" ] || echo timeout >"$job/why"
    [ ! -s "$job/why" ] || kill "$dump"
    sleep 1
  done &
  watch=$!
  while :; do
    wait "$dump"
    code=$?
    kill -0 "$dump" 2>/dev/null || break
  done
  kill "$watch" 2>/dev/null
  asked_to_end
  [ "$code" = 0 ] || fail "pg_dump $code"
  echo hashing >"$job/phase"
  sum=$(hash_of "$part")
  asked_to_end
  [ "\${#sum}" = 64 ] || fail hash
  seconds=$(($(date +%s) - started))
  printf '# operation %s\\n# seconds %s\\n%s  %s\\n' "$operation" "$seconds" "$sum" "\${path##*/}" >"$path.sha256" && mv "$part" "$path" || fail rename
  rm -rf "$job"
`;

/**
 * argv: worker path database user operation stop-percent limit-seconds. mkdir is the guard: the second start of an
 * operation finds the folder, or what the first one has made, and starts nothing.
 */
export const START = script`
  worker=$1
  shift
  was_started() { [ -e "$1" ] || [ -e "$1.sha256" ]; }
  umask 077
  if was_started "$1"; then echo before; exit 0; fi
  if ! problem=$(mkdir "$1.job" 2>&1); then
    if [ -d "$1.job" ]; then echo before; else echo "problem $problem"; fi
    exit 0
  fi
  if was_started "$1"; then rmdir "$1.job"; echo before; exit 0; fi
  if command -v setsid >/dev/null 2>&1; then setsid=setsid; else setsid= ; trap '' HUP; fi
  $setsid sh -c "$worker" handrail-dump "$@" </dev/null >/dev/null 2>&1 &
  echo started
`;

/**
 * argv: path mode seconds pause. Waits so long for the end, looking again after each pause, then prints the state: done, running, failed, dead (its process is gone and it told no end), fenced, removed, nothing.
 * mode `fence`: where nothing is, makes sure that this operation can never start. mode `stop`: asks it to end, or
 * fences. mode `tidy`: removes what a failed or dead one has left.
 * The process is known by its arguments: a pid of a restarted container belongs to somebody else.
 */
export const LOOK = script`
  path=$1 mode=$2 until=$(($(date +%s) + $3)) pause=$4 job=$1.job part=$1.partial
  alive() {
    [ -s "$job/pid" ] || { [ -n "$(find "$job" -maxdepth 0 -mmin -1 2>/dev/null)" ]; return; }
    tr '\\0' '\\n' <"/proc/$(cat "$job/pid")/cmdline" 2>/dev/null | grep -qxF "$path"
  }
  see() {
    if [ -f "$path" ]; then state=done
    elif [ -f "$job/end" ]; then state=failed
    elif [ -e "$job/fenced" ]; then state=fenced
    elif [ -d "$job" ]; then
      if alive; then state=running; else state=dead; fi
    elif [ -f "$part" ]; then state=dead
    elif [ -f "$path.sha256" ]; then state=removed
    else state=nothing
    fi
  }
  wait_for_end() {
    while [ "$(date +%s)" -lt "$until" ] && [ -d "$job" ] && [ ! -e "$path" ] && [ ! -e "$job/end" ] && [ ! -e "$job/fenced" ]; do
      sleep "$pause" 2>/dev/null || sleep 1
    done
    see
    case $state in dead|nothing) see;; esac
  }
  if [ "$mode" = stop ]; then
    see
    mode=fence
    [ "$state" != running ] || { mode=look; [ ! -s "$job/pid" ] || kill "$(cat "$job/pid")"; }
  fi
  wait_for_end
  if [ "$state" = nothing ] && [ "$mode" = fence ]; then
    umask 077
    if problem=$(mkdir "$job" 2>&1); then
      : >"$job/fenced"
      see
    else
      see
      [ "$state" != nothing ] || echo "problem $problem"
    fi
  fi
  echo "state $state"
  case $state in
    done) echo "bytes $(stat -c %s "$path")"; sed -n -e 's/^# //p' -e 's/^\\([0-9a-f]\\{64\\}\\) .*/sha256 \\1/p' "$path.sha256" 2>/dev/null;;
    running) echo "bytes $(stat -c %s "$part" 2>/dev/null || echo 0)"; [ ! -e "$job/phase" ] || echo hashing;;
    failed) echo "end $(cat "$job/end")"; tail -n 5 "$job/log" 2>/dev/null | sed 's/^/log /';;
  esac
  if [ "$mode" = tidy ]; then
    case $state in failed|dead) rm -rf "$job" "$part"; [ -f "$path" ] || rm -f "$path.sha256";; esac
  fi
  :
`;
