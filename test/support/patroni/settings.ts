// The settings of one member of a test's Patroni cluster, as Patroni reads them.
import { join } from 'node:path';

export interface MemberPlace {
  readonly name: string;
  readonly ip: string;
  /** Its own folder: data, socket, settings and log. */
  readonly folder: string;
}

export interface ClusterPlace {
  readonly scope: string;
  readonly etcd: string;
  readonly restPort: number;
  readonly postgresPort: number;
  /** The folder of PostgreSQL's programs. */
  readonly programs: string;
}

export const REST_LOGIN = { username: 'patroni', password: 'lab-rest' };

/** ttl 20 is Patroni's floor, and loop_wait + 2 retry_timeout must not be more. No fsync: nobody cuts the power here. */
export function settingsOf(cluster: ClusterPlace, member: MemberPlace): object {
  const { ip } = member;
  const login = (username: string) => ({ username, password: `lab-${username}` });
  return {
    scope: cluster.scope,
    namespace: '/service/',
    name: member.name,
    restapi: {
      listen: `${ip}:${cluster.restPort}`,
      connect_address: `${ip}:${cluster.restPort}`,
      authentication: REST_LOGIN,
    },
    etcd3: { host: cluster.etcd },
    bootstrap: {
      dcs: {
        ttl: 20,
        loop_wait: 2,
        retry_timeout: 5,
        maximum_lag_on_failover: 1_048_576,
        postgresql: {
          use_pg_rewind: true,
          use_slots: true,
          parameters: {
            max_connections: 40,
            max_wal_senders: 10,
            max_replication_slots: 10,
            wal_level: 'replica',
            hot_standby: 'on',
            wal_log_hints: 'on',
            wal_keep_size: '64MB',
          },
        },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums', 'no-sync'],
    },
    postgresql: {
      listen: `${ip}:${cluster.postgresPort}`,
      connect_address: `${ip}:${cluster.postgresPort}`,
      data_dir: join(member.folder, 'data'),
      bin_dir: cluster.programs,
      pgpass: join(member.folder, 'pgpass'),
      authentication: {
        superuser: login('postgres'),
        replication: login('replicator'),
        rewind: login('rewinder'),
      },
      parameters: {
        unix_socket_directories: member.folder,
        shared_buffers: '16MB',
        fsync: 'off',
        log_timezone: 'UTC',
        timezone: 'UTC',
      },
      pg_hba: [
        'local all all trust',
        'host replication replicator 127.0.0.0/8 scram-sha-256',
        'host all all 127.0.0.0/8 scram-sha-256',
      ],
    },
  };
}
