/** The commands for asking a server by hand: psql in its pod, with the SQL in one quoted word. */
import { kubectl, word } from '../kubernetes/by-hand.ts';

/** `kubectl exec` into the pod behind the Service. Inside the pod psql logs in as a superuser, who has slots of its own. */
export function psqlByHand(
  namespace: string,
  params: { service?: string | undefined },
  sql: string,
): string[] {
  const service = word(params.service, '<service>');
  return [
    kubectl(namespace, `get endpoints ${service} -o wide`),
    kubectl(namespace, `exec <pod of ${service}> -- psql -U postgres -XAt -c ${word(oneLine(sql), '')}`),
  ];
}

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim();
}
