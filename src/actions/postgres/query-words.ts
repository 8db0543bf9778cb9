/** What a statement is, without what is in it: its values are mostly somebody's data. */

const KINDS =
  /^(select|insert|update|delete|merge|copy|vacuum|analyze|alter|create|drop|truncate|reindex|refresh|cluster|lock|begin|commit|rollback|call|do|set|show|listen|declare|fetch|explain|grant|with)\b/i;

/** `SELECT`, `ALTER`; `a statement` for what is none of these, and for what may not be seen. */
export function statementKind(text: string): string {
  const plain = text.replace(/^(\s|\/\*.*?\*\/|--[^\n]*\n)+/gs, '');
  return KINDS.exec(plain)?.[1]?.toUpperCase() ?? 'a statement';
}
