import { z } from 'zod';
import { PUBLIC_CODES } from '../problem.js';

const fault = z.object({
  pointer: z.string().optional().meta({ description: 'JSON pointer into the body (RFC 6901)' }),
  parameter: z.string().optional().meta({ description: 'Name of a path, query or header parameter' }),
  code: z.string(),
  detail: z.string(),
});

/** Every error answer, RFC 9457. */
export const problemAnswer = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(PUBLIC_CODES).meta({ description: 'Has a page of its own at `type`; later versions add others' }),
  detail: z.string().optional(),
  request_id: z.string(),
  errors: z.array(fault).optional(),
});

/** The answer to one line of an import. */
export const importResult = z.object({
  line: z.int().min(1),
  id: z.string().optional(),
  status: z.int(),
  problem: problemAnswer.optional(),
});

export const liveAnswer = z.object({ ok: z.boolean() });
export const readyAnswer = z.object({ ok: z.boolean(), checks: z.record(z.string(), z.string()) });

/** A page of a list. */
export function pageOf<Item extends z.core.$ZodType>(item: Item) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable(), has_more: z.boolean() });
}
