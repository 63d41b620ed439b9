import { mongo } from 'mongoose';
import pg from 'pg';

const SAMPLE = 500;

/** What the record of a delivery takes in the store of that URL, in a sentence; there must be some. */
export async function deliveryBytes(storeUrl: string): Promise<string> {
  return storeUrl.startsWith('mongodb:') ? ofDocuments(storeUrl) : ofRows(storeUrl);
}

/** The same on whatever server: bytes of BSON, which MongoDB compresses, without indexes. */
async function ofDocuments(url: string): Promise<string> {
  const client = new mongo.MongoClient(url);
  try {
    const documents = await client.db().collection('deliveries').find().limit(SAMPLE).toArray();
    const bytes = documents.reduce((sum, document) => sum + mongo.BSON.calculateObjectSize(document), 0);
    const each = Math.round(bytes / documents.length);
    return `The record of a delivery is ${each} bytes of BSON, before compression and without its places in indexes.`;
  } finally {
    await client.close();
  }
}

async function ofRows(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ heap: number; all: number }>(
      `SELECT pg_table_size(t) / n AS heap, pg_total_relation_size(t) / n AS all
       FROM (SELECT 'pealbell.deliveries'::regclass AS t, count(*) AS n FROM pealbell.deliveries) counted`,
    );
    const [row] = rows;
    return `The record of a delivery takes ${row?.heap} bytes of its table, ${row?.all} with its indexes.`;
  } finally {
    await client.end();
  }
}
