/** The twin: the same templates, wrapped, to the simulator's address, without anything that opens a door at the service. */
import { z } from 'zod';
import { InvalidInputError } from '../contract.js';
import type { HttpOptions } from './settings.js';

const endpointsSchema = z.object({
  settings: z.object({ url: z.string(), answer: z.record(z.string(), z.unknown()) }),
  ca: z.string(),
});

/** @throws InvalidInputError */
export function simulatedOptions(options: Partial<HttpOptions>, endpoints: unknown): Readonly<Record<string, unknown>> {
  const read = endpointsSchema.safeParse(endpoints);
  if (!read.success) throw new InvalidInputError('the simulator tells of no service');
  const { settings, ca } = read.data;
  const { json, form, query, target, text, secrets, batch, token, title_max, body_max, segments_max } = options;
  // Headers and the url stay behind: people write keys there.
  const content = {
    ...(json === undefined ? {} : { json }),
    ...(form === undefined ? {} : { form }),
    ...(query === undefined
      ? {}
      : { query: Object.fromEntries(Object.entries(query).filter(([, value]) => value.includes('{{'))) }),
  };
  const counted = segments_max === undefined ? {} : { text: '{{text}}' };
  const kept = { batch, token, title_max, body_max, segments_max, text, target };
  const nobody = Object.fromEntries(Object.keys(secrets ?? {}).map((name) => [name, 'simulated']));
  return {
    ...{
      url: settings.url,
      answer: settings.answer,
      ca,
      json: { targets: '{{tokens}}', content: { ...content, ...counted } },
    },
    ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
    ...(secrets === undefined ? {} : { secrets: nobody }),
    native_for: options.native_for ?? [],
    payload_bytes_max: 1_048_576,
  };
}
