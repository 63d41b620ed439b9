import type { Channel } from '../domain/channel.js';
import type { FieldFault } from '../domain/errors.js';
import type { MessageChannel } from '../domain/message.js';
import { nearest } from '../domain/suggest.js';

/** What of a channel concerns one provider. Of a channel that the app's file no longer has only the name is left. */
export function messageChannel(name: string, channels: readonly Channel[], provider: string): MessageChannel {
  const channel = channels.find((candidate) => candidate.name === name);
  const settings = channel?.settings[provider];
  return {
    name,
    ...(channel?.sound === undefined ? {} : { sound: channel.sound }),
    ...(settings === undefined ? {} : { settings }),
  };
}

/** The fault for a channel that the app's file does not have, with what it probably meant. */
export function unknownChannel(name: string, app: string, channels: readonly Channel[]): FieldFault {
  const known = channels.map((channel) => channel.name);
  const guess = nearest(name, known);
  const hint =
    guess !== undefined
      ? `did you mean '${guess}'?`
      : known.length === 0
        ? `the app '${app}' has none; add it to channels in config/apps/${app}.yaml`
        : `there are: ${known.slice(0, 20).join(', ')}`;
  return { pointer: '/channel', code: 'unknown_channel', detail: `'${name}' is not a channel of this app; ${hint}` };
}
