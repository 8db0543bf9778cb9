/** The trace that an operation leaves on the object it changes, so that a later look can tell whether it was made. */

export const OPERATION = 'handrail.dev/operation';
const INCIDENT = 'handrail.dev/incident';
/** Operations before the newest one, newest first: a later operation must not hide that an earlier one was made. */
export const EARLIER = 'handrail.dev/earlier-operations';

const KEPT = 10;

type Annotations = Readonly<Record<string, string>>;

/**
 * Annotations to write together with a change. Built from the annotations of the version that the write is bound to,
 * so that no other operation's trace is lost.
 */
export function traceOf(
  operation: string,
  incident: number,
  now: Date,
  present: Annotations | undefined,
): Record<string, string> {
  const earlier = operationsOn(present).filter((id) => id !== operation);
  return {
    [OPERATION]: operation,
    [INCIDENT]: `INC-${incident} ${now.toISOString()}`,
    ...(earlier.length > 0 ? { [EARLIER]: earlier.slice(0, KEPT).join(',') } : {}),
  };
}

/** Every operation that the object still remembers, newest first. */
export function operationsOn(annotations: Annotations | undefined): string[] {
  const newest = annotations?.[OPERATION];
  const earlier = annotations?.[EARLIER]?.split(',').filter((id) => id !== '') ?? [];
  return newest ? [newest, ...earlier] : earlier;
}

/** True when the object may have forgotten operations: its list is full. */
export function mayHaveForgotten(annotations: Annotations | undefined): boolean {
  return operationsOn(annotations).length > KEPT;
}
