/** The shell scripts that read a member's WAL inside its pod; none of them writes, and none starts PostgreSQL. */
import { script } from '../postgres/in-pod.ts';

/**
 * The data directory: the one that the environment names and nothing else, because another folder may be a forgotten
 * copy; without a word in the environment the usual place of the images (Spilo, Crunchy, Debian, Red Hat, Bitnami).
 * The programs of its own version come first: pg_waldump of another one reads nothing.
 */
export const FIND = script`
  d=\${PGDATA:-$PATRONI_POSTGRESQL_DATA_DIR}
  if [ -z "$d" ]; then
    for c in /home/postgres/pgdata/pgroot/data /pgdata/pg[0-9]* /var/lib/postgresql/data /var/lib/postgresql/data/pgdata /var/lib/pgsql/data/userdata /var/lib/pgsql/*/data /bitnami/postgresql/data; do
      [ -f "$c/global/pg_control" ] && d="$d$c" && n=$((n + 1))
    done
    [ "\${n:-0}" -gt 1 ] && { echo "problem it has $n data directories and the environment does not say which one is used"; exit 0; }
  fi
  [ -f "$d/global/pg_control" ] || { echo "problem there is no database in \${d:-its usual places}"; exit 0; }
  v=$(cat "$d/PG_VERSION")
  PATH=/usr/lib/postgresql/$v/bin:/usr/pgsql-$v/bin:$PATH TZ=UTC
  export PATH TZ
`;

/**
 * Prints `key value` lines. `control`: pg_controldata's lines. `history T PARENT LSN`: all history files. `sql`: what a
 * running server says of itself. `walked T FROM`, `record T …`, `why T …`: the last record on each timeline from the
 * place that is known to have been applied (a running standby), or needed for recovery (what is stopped), to the end.
 * IDENTIFY_SYSTEM gives system, timeline and position in one answer; SQL alone knows no standby's timeline
 * (facts: pg_control of a running standby shows an old one).
 */
export const READ_WAL = `${FIND}\n${script`
  limit=
  command -v timeout >/dev/null 2>&1 && limit='timeout 15'
  c=$($limit pg_controldata -D "$d" 2>&1) || { echo "problem pg_controldata: $c"; exit 0; }
  printf '%s\\n' "$c" | sed 's/^/control /'
  [ -f "$d/backup_label" ] && echo backup_label yes
  for h in "$d"/pg_wal/*.history; do
    [ -f "$h" ] && awk -v t="$(basename "$h" .history)" 'NF && $1 !~ /^#/ {print "history", t, $1, $2}' "$h"
  done
  p=$(sed -n 1p "$d/postmaster.pid" 2>/dev/null)
  up=
  if [ -n "$p" ] && [ -d "/proc/$p" ] && ! grep -q '^State:[^A-Z]*Z' "/proc/$p/status" 2>/dev/null; then
    w=$(readlink "/proc/$p/cwd" 2>/dev/null)
    if [ -n "$w" ]; then [ "$w" = "$(readlink -f "$d")" ] && up=yes
    else case $(cat "/proc/$p/comm" 2>/dev/null) in postgres|postmaster) up=yes ;; esac; fi
  fi
  t=$(printf '%s\\n' "$c" | sed -n "s/^Latest checkpoint's TimeLineID: *//p")
  s=$(printf '%s\\n' "$c" | sed -n "s/^Latest checkpoint's REDO location: *//p")
  if [ "$up" = yes ]; then
    echo runs yes
    PGUSER=\${PGUSER:-postgres} PGAPPNAME=handrail PGCONNECT_TIMEOUT=8 PGOPTIONS="$PGOPTIONS -c statement_timeout=10s"
    export PGUSER PGAPPNAME PGCONNECT_TIMEOUT PGOPTIONS
    q="select case when pg_is_in_recovery() then 'standby ' || coalesce(pg_last_wal_replay_lsn()::text, '-') || ' ' || coalesce(pg_last_wal_receive_lsn()::text, '-') else 'primary ' || pg_current_wal_insert_lsn() || ' -' end"
    f="select 'follower ' || application_name || ' ' || state || ' ' || coalesce(extract(epoch from clock_timestamp() - reply_time)::int::text, '-') from pg_stat_replication where pid <> pg_backend_pid()"
    a=$($limit psql 'dbname=postgres replication=database' -XAtqw -F ' ' -v ON_ERROR_STOP=1 -c IDENTIFY_SYSTEM -c "$q" -c "$f" 2>&1)
    if [ $? -ne 0 ]; then
      echo "sql_failed $(printf '%s' "$a" | tr '\\n' ' ')"
      case $a in *'starting up'*|*'not yet accepting'*) ;; *) exit 0 ;; esac
    else
      one() { printf '%s\\n' "$a" | grep -E "$1" | head -n 1; }
      set -- $(one '^[0-9]+ [0-9]+ [0-9A-F]+/[0-9A-F]+ ') - - - -
      i="$1 $2" u=$2
      set -- $(one '^(primary|standby) ') - - -
      echo "sql $i $1 $2 $3"
      printf '%s\\n' "$a" | grep '^follower '
      [ "$1" = primary ] && exit 0
      t=$u
      [ "$2" = - ] || s=$2
    fi
  fi
  begin=$t
  last=$(ls "$d/pg_wal" | sed -n 's/^\\([0-9A-F]\\{8\\}\\)\\([0-9A-F]\\{16\\}\\|\.history\\)$/\\1/p' | sort | tail -n 1)
  last=$((0x\${last:-0}))
  while [ "$t" -le "$last" ]; do
    if [ "$t" -gt "$begin" ]; then
      h=$d/pg_wal/$(printf '%08X' "$t").history
      [ -f "$h" ] && s=$(awk 'NF && $1 !~ /^#/ {l = $2} END {print l}' "$h") || s=
    fi
    if [ -n "$s" ]; then
      echo "walked $t $s"
      pg_waldump -p "$d/pg_wal" -t "$t" -s "$s" 2>&1 | awk -v t="$t" '
        /^rmgr: / {r = $0; next}
        {w = $0}
        END {if (r) print "record", t, r; print "why", t, w}'
    fi
    t=$((t + 1))
  done
`}`;

/** Before either of them, in a helper pod: the first argument is the data directory, which its environment does not name. */
export const IN_HELPER = script`
  [ -n "$1" ] && PGDATA=$1
  shift
`;

/**
 * Arguments: `key=file:offset:length,…`, pieces of WAL files. Prints `bytes key hash` where all of them are there whole.
 */
export const HASH_WAL = `${FIND}\n${script`
  cd "$d/pg_wal" || exit 0
  hash() { if command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r; else sha256sum; fi | cut -d ' ' -f 1; }
  for one in "$@"; do
    key=\${one%%=*} rest=\${one#*=} whole=yes
    for p in $(printf '%s' "$rest" | tr ',' ' '); do [ -f "\${p%%:*}" ] || whole=; done
    [ -n "$whole" ] && echo "bytes $key $(
      for p in $(printf '%s' "$rest" | tr ',' ' '); do
        at=\${p#*:}
        tail -c +$((\${at%%:*} + 1)) "\${p%%:*}" | head -c "\${at##*:}"
      done | hash)"
  done
`}`;
