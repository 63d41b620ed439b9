/** Where worlds of the end-to-end tests may keep what they have; apart from `backend.ts`, which is for within a run of tests. */
export const BACKENDS = ['embedded', 'postgres', 'postgres+redis', 'mongo+redis'] as const;
export type BackendKind = (typeof BACKENDS)[number];

/** Chooses one for a run; embedded when it is not set. */
export const BACKEND_VARIABLE = 'PEALBELL_TEST_BACKEND';
