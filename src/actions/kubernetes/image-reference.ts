/** The form of an image reference: repository with a tag or a digest, so that `latest` is never meant by accident. */
import { z } from 'zod';

export const imageReference = z
  .string()
  .max(400)
  .regex(
    /^[a-zA-Z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*(:[\w.-]+|(:[\w.-]+)?@sha256:[a-f0-9]{64})$/,
    'An image with a tag or a digest, such as registry.example.org/app:1.4.',
  );
