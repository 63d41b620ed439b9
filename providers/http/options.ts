/** What a provider of this kind is told in an app's file, and whether it fits together. */
import { faultsOf } from './plan.js';
import { httpSettings } from './settings.js';

export const httpOptions = httpSettings.superRefine((options, context) => {
  for (const { path, what } of faultsOf(options)) context.addIssue({ code: 'custom', path: [...path], message: what });
});
