/** Values of a test file beside the shape that an action declares: each mistake where it is written. */
import type { z } from 'zod';
import type { Path, Places } from '../../runbooks/places.ts';
import type { Problem } from '../../runbooks/problem.ts';
import { schemaProblems } from '../../runbooks/schema-problems.ts';

/** A group of values and where it stands in the file. */
export interface Placed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly base: Path;
}

/** `own` stands over `under`, field by field; `owner` is named in front of each problem. */
export function shapeProblems(
  schema: z.ZodObject,
  owner: string,
  own: Placed,
  under: Placed,
  of: { readonly places: Places; readonly file: string },
): Problem[] {
  const value = { ...under.values, ...own.values };
  const issues = schema.safeParse(value).error?.issues ?? [];
  const inUnder = (issue: (typeof issues)[number]) => {
    const [first] = issue.code === 'unrecognized_keys' ? issue.keys : issue.path;
    return (
      typeof first === 'string' && !Object.hasOwn(own.values, first) && Object.hasOwn(under.values, first)
    );
  };
  return [own, under].flatMap((placed) => {
    const mine = issues.filter((issue) => inUnder(issue) === (placed === under));
    return schemaProblems({ schema, value, base: placed.base, ...of }, mine).map((problem) => ({
      ...problem,
      code: 'RT002',
      says: `${owner}: ${problem.says}`,
    }));
  });
}
