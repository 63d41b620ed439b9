import { z } from 'zod';

const PEM = /-----BEGIN [A-Z ]+-----/;

function pem(sentence: string, file: string) {
  const example = `\${file:/run/secrets/${file}}`;
  return z
    .string()
    .refine((text) => PEM.test(text), `must be PEM; bring a file in with "${example}"`)
    .optional()
    .describe(sentence)
    .meta({ secret: true, examples: [example] });
}

/** What TLS to a Redis server needs beyond its address. */
export function redisTls() {
  return z
    .strictObject({
      ca: pem('Certificates by which servers are known.', 'redis-ca.pem'),
      cert: pem('Certificate that this process shows.', 'redis-cert.pem'),
      key: pem('Key of that certificate.', 'redis-key.pem'),
      server_name: z.string().prefault('').describe('Name in the certificate of a server; empty: the host of the URL.'),
    })
    .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'needs cert and key together, or neither')
    .prefault({})
    .describe(
      'Certificates for rediss://, in queue.url and bus.url; without any, those that this system trusts are asked for.',
    );
}
