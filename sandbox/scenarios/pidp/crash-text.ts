/** What programs of this world write into their logs. */

/** A Patroni without PyYAML, as measured: a bare traceback, no time, no line of Patroni's own. */
export const CRASH = [
  'Traceback (most recent call last):',
  '  File "/usr/lib/python3.9/runpy.py", line 197, in _run_module_as_main',
  '    return _run_code(code, main_globals, None,',
  '  File "/usr/lib/python3.9/runpy.py", line 87, in _run_code',
  '    exec(code, run_globals)',
  '  File "/usr/lib/python3/dist-packages/patroni/__main__.py", line 6, in <module>',
  '    from patroni.daemon import AbstractPatroniDaemon, abstract_main',
  '  File "/usr/lib/python3/dist-packages/patroni/daemon.py", line 16, in <module>',
  '    from .config import Config',
  '  File "/usr/lib/python3/dist-packages/patroni/config.py", line 6, in <module>',
  '    import yaml',
  "ModuleNotFoundError: No module named 'yaml'",
] as const;

/** The line that names the cause. */
export const CRASH_LINE = "ModuleNotFoundError: No module named 'yaml'";

export function leaderLog(name: string): string[] {
  return [`INFO: no action. I am (${name}), the leader with the lock`];
}

export function memberLog(name: string, leader: string | undefined): string[] {
  return leader === undefined
    ? [
        'INFO: My wal position exceeds maximum replication lag',
        'INFO: following a different leader because i am not the healthiest node',
      ]
    : [`INFO: no action. I am (${name}), a secondary, and following a leader (${leader})`];
}

export function apiLog(isUp: boolean, database: string): string[] {
  return isUp
    ? ['info: Application started. Listening on http://0.0.0.0:8080']
    : [
        'info: Application started. Listening on http://0.0.0.0:8080',
        `fail: Health check database: could not connect to the server of database ${database}: Connection refused`,
        'warn: GET /health/ready responded 503',
      ];
}
