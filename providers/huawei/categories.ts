/** Which of Huawei's categories a message goes out with. Huawei, "Message classification". */
import type { Json, Message, MessageClass, Misfit } from '../contract.js';
import { misfitError, misfitWarning } from '../shared/message-parts.js';
import { channelOf, MARKETING, type ServiceCategory } from './channel.js';

export interface GrantedCategories {
  readonly categories: readonly ServiceCategory[];
  readonly category?: ServiceCategory | undefined;
}

export interface Category {
  /** Absent where nothing is granted, and Huawei classifies by itself. */
  readonly category?: string;
  readonly misfits: readonly Misfit[];
}

/** Never guessed upward: a service category needs both, a transactional message and the right that the file tells of. */
export function categoryOf(message: Message, granted: GrantedCategories): Category {
  const wanted = channelOf(message).category;
  const messageClass: MessageClass = message.class ?? 'marketing';
  if (messageClass === 'marketing') {
    const isLowered = wanted !== undefined && wanted !== MARKETING && message.class !== undefined;
    return {
      category: MARKETING,
      misfits: isLowered ? [lowered(`a marketing message goes to Huawei as MARKETING, not as ${wanted}`)] : [],
    };
  }
  if (wanted === MARKETING) {
    return { category: MARKETING, misfits: [lowered('the channel says MARKETING, which goes before the class')] };
  }
  const category = wanted ?? granted.category;
  if (category === undefined) {
    const detail =
      'no category is granted for it, so Huawei counts it as marketing: name one in the channel (huawei: EXPRESS), or set category';
    return { misfits: [lowered(detail)] };
  }
  if (!granted.categories.some((one) => one === category)) {
    const detail = `Huawei has not granted ${category} to this app, as far as its file says: add it to categories, or take it out of the channel`;
    return { misfits: [misfitError('category_not_granted', detail, '/channel')] };
  }
  return { category, misfits: [] };
}

/** Whether a transactional message that is shown goes out as marketing, by the category that is sent; Huawei's own guess is that. */
export function isLowered(message: Message, category: Json | undefined): boolean {
  return message.class === 'transactional' && (category === undefined || category === MARKETING);
}

function lowered(detail: string): Misfit {
  return misfitWarning('class_lowered', detail, '/class');
}
