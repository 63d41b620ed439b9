import type { Comparison } from '../ports/live-config.js';

/** A comparison as the API and the owner's socket give it. */
export function comparisonToJson(comparison: Comparison) {
  const { inForce } = comparison;
  if (comparison.kind === 'faulty') {
    return { in_force: inForce, written: null, pending: [], needs_restart: [], faults: comparison.faults };
  }
  const { written, pending, needsRestart } = comparison;
  return { in_force: inForce, written, pending, needs_restart: needsRestart, faults: [] };
}
