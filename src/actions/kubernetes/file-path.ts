/** Paths inside a container that an action may be given. */
import { z } from 'zod';

/** Absolute and plain: no `..`, no empty parts, no control characters, not a folder. */
export const filePath = z
  .string()
  .max(4096)
  .regex(/^(\/[^/\u0000-\u001f\u007f]+)+$/, 'an absolute path to a file, such as /backup/incident-7.dump')
  .refine(
    (path) => !path.split('/').some((part) => part === '..' || part === '.'),
    'a path without . and ..',
  );
