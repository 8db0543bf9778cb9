/** Fields that several parts of handrail.yaml share. */
import { z } from 'zod';
import { says } from './words.ts';

/** A map that takes only these keys; the message carries them, so that the nearest one can be named. */
export function only<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });
}

export const text = z
  .string()
  .trim()
  .min(1, says('is empty', 'write something, or remove the line'))
  .max(500, says('is longer than 500 characters', 'make it shorter'));

/** Name of an environment variable. */
export const variable = z
  .string()
  .regex(
    /^[A-Z_][A-Z0-9_]*$/,
    says(
      'is not the name of an environment variable',
      'put the password in a variable such as WEB_DB_PASSWORD and write that name here',
    ),
  );
/** http or https, without a password: everybody may read it. */
export const url = z
  .string()
  .refine((value) => webAddress(value) !== undefined, says('is no web address', 'write https://...'))
  .refine(
    (value) => !webAddress(value)?.password,
    says('holds a password', 'take it out: this file is for everybody to read'),
  );

function webAddress(value: string): URL | undefined {
  const address = URL.parse(value);
  return address && /^https?:$/.test(address.protocol) && !/\s/.test(value) ? address : undefined;
}

/** Slack's own rule for names of channels; an id (C...) is taken as it is. */
export const channel = z
  .string()
  .transform((value) => value.replace(/^#/, ''))
  .pipe(
    z
      .string()
      .regex(
        /^([a-z0-9_-]{1,80}|[CG][A-Z0-9]{5,})$/,
        says('is no channel', 'write a name such as incidents, or an id such as C0123456789'),
      ),
  );
