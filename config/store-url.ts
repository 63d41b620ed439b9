/** What `store.url` may be, and what each form of it says. */
import { z } from 'zod';

/** What `store.url` names: a directory of PGlite in this process, a Postgres server, or MongoDB. */
export type StoreLocation =
  /** `dir` is absolute once a configuration is loaded. */
  | { readonly kind: 'pglite'; readonly dir: string }
  /** `url` may hold a password: never print it unmasked. */
  | { readonly kind: 'postgres'; readonly url: string }
  /** `url` may hold a password: never print it unmasked. */
  | { readonly kind: 'mongodb'; readonly url: string };

/** The store's URL. */
export function storeUrl(fallback: string, sentence: string) {
  return z
    .string()
    .transform((text, context): StoreLocation => {
      const refuse = (message: string): never => {
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      };
      if (/^pglite:./.test(text) && !text.includes('\0')) return { kind: 'pglite', dir: text.slice('pglite:'.length) };
      if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return { kind: 'postgres', url: text };
      if (!/^mongodb(\+srv)?:/.test(text)) return refuse(CHOICES);
      const fault = faultOfMongo(text);
      return fault === undefined ? { kind: 'mongodb', url: text } : refuse(fault);
    })
    .prefault(fallback)
    .describe(sentence);
}

const CHOICES =
  'must be pglite:PATH (embedded), postgres://user@host/database or mongodb://user@host/database (mongodb+srv:// too)';
const MONGO_FORM = 'mongodb://user:password@host/database, or mongodb+srv:// and a name without a port';
/** Several hosts, each with its port, are no URL to `URL`; users and passwords are percent-encoded. */
const MONGO =
  /^mongodb(?<srv>\+srv)?:\/\/(?:[^@/?#\s]+@)?(?<hosts>[^@/?#\s]+)(?:\/(?<database>[^/?#\s]*))?(?:\?(?<query>[^#\s]*))?$/;
/** Names that MongoDB takes on every system (MongoDB manual, "Naming Restrictions"). */
const MONGO_DATABASE = /^[^/\\. "$*<>:|?]{1,63}$/;
/** Whoever sets one of these could lose what was accepted, or read what is no longer so. */
const MONGO_OWN = ['w', 'journal', 'wtimeoutms', 'readpreference', 'readconcernlevel'];

function faultOfMongo(text: string): string | undefined {
  const { srv, hosts = '', database = '', query = '' } = MONGO.exec(text)?.groups ?? {};
  const isOneName = !/[,:]/.test(hosts);
  if (hosts === '' || hosts.split(',').includes('') || (srv !== undefined && !isOneName))
    return `must be ${MONGO_FORM}`;
  if (database === '') return 'must name the database behind the host: mongodb://user:password@host/pealbell';
  if (!MONGO_DATABASE.test(database))
    return 'names a database that MongoDB does not take: a word such as pealbell will do';
  const own = [...new URLSearchParams(query).keys()].find((key) => MONGO_OWN.includes(key.toLowerCase()));
  if (own !== undefined) {
    return `must not set ${own}: Pealbell says itself how it writes and reads, so that nothing accepted is undone by a switch of the primary; leave it out`;
  }
  return undefined;
}
