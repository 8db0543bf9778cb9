/** What an API server answers when it refuses: a Status body with the real one's words, reasons and codes. */
import { fullName, kindName, type Resource } from './resources.ts';

export interface StatusBody {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Record<string, unknown>;
  readonly code?: number;
}

/** Thrown by whatever handles a request; the server answers with its body. */
export class Refusal extends Error {
  readonly code: number;
  readonly body: StatusBody;

  constructor(code: number, reason: string | undefined, message: string, details?: Record<string, unknown>) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      code,
    };
  }
}

function about(resource: Pick<Resource, 'group'>, kind: string, name: string): Record<string, unknown> {
  return { ...(name ? { name } : {}), ...(resource.group ? { group: resource.group } : {}), kind };
}

export function notFound(resource: Resource, name: string): Refusal {
  const details = about(resource, resource.plural, name);
  return new Refusal(404, 'NotFound', `${fullName(resource)} "${name}" not found`, details);
}

/** An address that this server does not know. */
export function noSuchResource(): Refusal {
  return new Refusal(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(resource: Resource, name: string): Refusal {
  const details = about(resource, resource.plural, name);
  return new Refusal(409, 'AlreadyExists', `${fullName(resource)} "${name}" already exists`, details);
}

export function modified(resource: Resource, name: string): Refusal {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  const details = about(resource, resource.plural, name);
  return new Refusal(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${fullName(resource)} "${name}": ${why}`,
    details,
  );
}

/** A precondition of a deletion that does not hold. */
export function preconditionFailed(resource: Resource, name: string, why: string): Refusal {
  const details = about(resource, resource.kind, name);
  return new Refusal(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${kindName(resource)} "${name}": ${why}`,
    details,
  );
}

export interface Fault {
  readonly field: string;
  /** With its kind before it: `Invalid value: -1: must be ...`, `Required value`. */
  readonly message: string;
}

export function invalid(
  resource: Pick<Resource, 'group' | 'kind'>,
  name: string,
  faults: readonly Fault[],
): Refusal {
  const texts = faults.map((fault) => `${fault.field}: ${fault.message}`);
  const said = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const details = {
    ...about(resource, resource.kind, name),
    causes: faults.map((fault) => ({
      reason: causeOf(fault.message),
      message: fault.message,
      field: fault.field,
    })),
  };
  return new Refusal(422, 'Invalid', `${kindName(resource)} "${name}" is invalid: ${said}`, details);
}

function causeOf(message: string): string {
  if (message.startsWith('Required value')) return 'FieldValueRequired';
  if (message.startsWith('Unsupported value')) return 'FieldValueNotSupported';
  if (message.startsWith('Forbidden')) return 'FieldValueForbidden';
  return 'FieldValueInvalid';
}

/** A patch that cannot be applied to the object: without a word about why, as the real one answers. */
export function patchRejected(): Refusal {
  return new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}

export function unauthorized(): Refusal {
  return new Refusal(401, 'Unauthorized', 'Unauthorized');
}

/** A resourceVersion older than what is remembered. */
export function expired(asked: number, oldest: number): Refusal {
  return new Refusal(410, 'Expired', `too old resource version: ${asked} (${oldest})`);
}

export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export function forbidden(user: string, asked: Attributes): Refusal {
  const resource = asked.subresource ? `${asked.resource}/${asked.subresource}` : asked.resource;
  const full = asked.group === '' ? asked.resource : `${asked.resource}.${asked.group}`;
  const where = asked.namespace ? ` in the namespace "${asked.namespace}"` : ' at the cluster scope';
  const what = asked.name ? `${full} "${asked.name}"` : full;
  return new Refusal(
    403,
    'Forbidden',
    `${what} is forbidden: User "${user}" cannot ${asked.verb} resource "${resource}" in API group "${asked.group}"${where}`,
    about({ group: asked.group }, asked.resource, asked.name ?? ''),
  );
}

/** An address that is no resource, such as /metrics. */
export function forbiddenPath(user: string, verb: string, path: string): Refusal {
  return new Refusal(403, 'Forbidden', `forbidden: User "${user}" cannot ${verb} path "${path}"`, {});
}
