import { z } from 'zod';

/** Attributes as callers see them. */
export const attributesAnswer = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);
