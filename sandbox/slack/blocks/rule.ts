// The small vocabulary in which Block Kit's rules are written: a rule looks at one value and reports what is wrong, and where.

/** Collects one sentence; `at` is a JSON pointer such as `/blocks/0/text`. */
export type Report = (problem: string, at: string) => void;

export type Rule = (value: unknown, at: string, report: Report) => void;

export type Json = Record<string, unknown>;

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Length as Slack counts it for its limits: UTF-16 code units. */
export function string(limits: { min?: number; max?: number } = {}): Rule {
  return (value, at, report) => {
    if (typeof value !== 'string') return report('must be a string', at);
    if (value.length < (limits.min ?? 0)) report(`must be more than ${(limits.min ?? 0) - 1} characters`, at);
    if (limits.max !== undefined && value.length > limits.max)
      report(`must be less than ${limits.max + 1} characters`, at);
  };
}

export const boolean: Rule = (value, at, report) => {
  if (typeof value !== 'boolean') report('must be a boolean', at);
};

export function integer(limits: { min?: number; max?: number } = {}): Rule {
  return (value, at, report) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return report('must be an integer', at);
    if (limits.min !== undefined && value < limits.min) report(`must be at least ${limits.min}`, at);
    if (limits.max !== undefined && value > limits.max) report(`must be no more than ${limits.max}`, at);
  };
}

export const anything: Rule = () => {};

export function matches(pattern: RegExp, what: string): Rule {
  return (value, at, report) => {
    if (typeof value !== 'string' || !pattern.test(value)) report(`must be ${what}`, at);
  };
}

export function oneOf(...allowed: string[]): Rule {
  return (value, at, report) => {
    if (typeof value !== 'string' || !allowed.includes(value))
      report(`must be a valid enum value: ${allowed.join(', ')}`, at);
  };
}

export function list(item: Rule, limits: { min?: number; max?: number } = {}): Rule {
  return (value, at, report) => {
    if (!Array.isArray(value)) return report('must be an array', at);
    const min = limits.min ?? 0;
    if (value.length < min) report(`no less than ${min} ${min === 1 ? 'item' : 'items'} required`, at);
    if (limits.max !== undefined && value.length > limits.max)
      report(`no more than ${limits.max} items allowed`, at);
    // Past the limit each further item would only repeat what was said.
    value
      .slice(0, (limits.max ?? value.length) + 1)
      .forEach((each, index) => item(each, `${at}/${index}`, report));
  };
}

/** An object with these fields and no others; `also` sees the whole object once its fields were looked at. */
export function object(
  fields: { required?: Record<string, Rule>; optional?: Record<string, Rule> },
  also?: (value: Json, at: string, report: Report) => void,
): Rule {
  const required = fields.required ?? {};
  const optional = fields.optional ?? {};
  return (value, at, report) => {
    if (!isRecord(value)) return report('must be an object', at);
    for (const name of Object.keys(required))
      if (value[name] === undefined || value[name] === null) report(`missing required field: ${name}`, at);
    for (const [name, field] of Object.entries(value)) {
      const rule = required[name] ?? optional[name];
      if (rule === undefined) report(`invalid additional property: ${name}`, at);
      else if (field !== undefined && field !== null) rule(field, `${at}/${name}`, report);
    }
    also?.(value, at, report);
  };
}

/** An object whose `type` chooses the rule. An unknown type is refused. */
export function typed(rules: Record<string, Rule>, allowed: readonly string[] = Object.keys(rules)): Rule {
  return (value, at, report) => {
    if (!isRecord(value)) return report('must be an object', at);
    if (value.type === undefined) return report('missing required field: type', at);
    const rule =
      typeof value.type === 'string' && allowed.includes(value.type) ? rules[value.type] : undefined;
    if (rule === undefined)
      return report(
        `unsupported type: ${JSON.stringify(value.type).slice(0, 60).replaceAll('"', '')}`,
        `${at}/type`,
      );
    rule(value, at, report);
  };
}
