/** What an app's channel says to a service: values of its own, for `{{setting.NAME}}`. */
import { z } from 'zod';

export const httpChannel = z
  .record(
    z.string().regex(/^[A-Za-z0-9_]{1,64}$/, 'is a name of letters, digits and _'),
    z.union([z.string().max(1_024), z.number(), z.boolean()]),
  )
  .meta({ description: 'values for {{setting.NAME}} in the templates.', examples: [{ template: 'T1' }] });
