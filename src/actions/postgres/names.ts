/** What pods, databases, folders and files may be called when they are given as parameters. */
import { z } from 'zod';

/** A pod's name as Kubernetes allows it. */
export const podName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'a pod name: small letters, digits, dots and dashes');

/** Any name that PostgreSQL takes, without control characters. */
export const databaseName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[^\u0000-\u001f\u007f]+$/, 'a database name without control characters');

/** An absolute path that a shell, a URL and a person read the same way. */
export const absolutePath = z
  .string()
  .max(1000)
  .regex(/^\/[\w@%+=:,./ -]*$/, 'an absolute path of letters, digits and ._@%+=:,/-')
  .refine((path) => !path.split('/').includes('..'), 'a path without ".."');
