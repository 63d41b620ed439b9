/** What is seen and heard of a notification, in Xiaomi's forms. */
import type { Message, Notification } from '../contract.js';
import { entryOf } from './channel.js';

/** Xiaomi shows what has a title and a body that are not blank. */
export function hasText({ title, body }: Notification): boolean {
  return !isBlank(title) || !isBlank(body);
}

/** Both are needed: one that is missing says what the other one says. */
export function textsOf({ title, body }: Notification): { readonly title: string; readonly body: string } {
  const either = (isBlank(title) ? body : title) ?? '';
  return { title: isBlank(title) ? either : (title ?? ''), body: isBlank(body) ? either : (body ?? '') };
}

export function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}

/** The message's own, else the channel's. */
function soundOf(message: Message): string | undefined {
  return message.notification?.sound ?? entryOf(message).sound ?? message.channel?.sound;
}

const RESOURCE = /^([A-Za-z0-9_]+)(?:\.[A-Za-z0-9]+)?$/;

/** A raw resource of the app; undefined for the default sound, and for what cannot be one. */
export function soundUri(message: Message, packageName: string): string | undefined {
  const sound = soundOf(message);
  if (sound === undefined || sound === 'default') return undefined;
  if (sound.startsWith('android.resource://')) return sound;
  const name = RESOURCE.exec(sound)?.[1];
  return name === undefined ? undefined : `android.resource://${packageName}/raw/${name}`;
}

/** It names a sound that is not the default one and cannot be a resource of the app. */
export function hasOddSound(message: Message): boolean {
  const sound = soundOf(message);
  return sound !== undefined && sound !== 'default' && soundUri(message, 'x') === undefined;
}
