/** A JSON value as it arrives after parsing; never holds `undefined`, functions or dates. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };
