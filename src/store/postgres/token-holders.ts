import type { AudienceMember } from '../../domain/audience.js';
import type { Platform } from '../../domain/device.js';
import type { DeviceStore } from '../../ports/device-store.js';
import type { Sql } from './engine/sql.js';

/** The devices whose live registrations these push tokens are; see `DeviceStore.holders`. */
export async function readHolders(
  sql: Sql,
  tokens: Parameters<DeviceStore['holders']>[0],
): Promise<ReadonlyMap<string, Omit<AudienceMember, 'providers'>>> {
  const found = await sql.query<{
    app: string;
    provider: string;
    token_hash: string;
    device: string;
    user_id: string | null;
    platform: Platform;
  }>(
    `SELECT r.app, r.provider, r.token_hash, r.device, d.user_id, d.platform
     FROM json_to_recordset($1::json) AS n(app text, provider text, token_hash text)
     JOIN pealbell.registrations r ON r.app = n.app AND r.provider = n.provider AND r.token_hash = n.token_hash
     JOIN pealbell.devices d ON d.app = r.app AND d.id = r.device
     WHERE r.retired_at IS NULL`,
    [JSON.stringify(tokens.map(({ app, provider, tokenHash }) => ({ app, provider, token_hash: tokenHash })))],
  );
  return new Map(
    found.rows.map(({ app, provider, token_hash, device, user_id: user, platform }) => [
      `${app}|${provider}|${token_hash}`,
      { device, user, platform },
    ]),
  );
}
