/** The demonstration behind the page. */
import type { Draft, Setup, Story, VendorNews } from './told.js';

/** It said no; the message is its sentence. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export async function readSetup(): Promise<Setup> {
  return answerOf<Setup>(await fetch('/demo/setup'));
}

/** An access token for one of the page's devices. */
export async function askToken(device: string): Promise<string> {
  return (await post<{ token: string }>('/demo/tokens', { device })).token;
}

/** @returns the message's id */
export async function send(draft: Draft): Promise<string> {
  return (await post<{ id: string }>('/demo/messages', draft)).id;
}

/** From now on the page is told this message's story, too; nothing is said where it knows it already. */
export async function follow(message: string): Promise<void> {
  await post('/demo/stories', { message });
}

/** Hears what happens at the vendors and in the gateway; the browser comes back by itself when the stream breaks. */
export function listen(onVendor: (news: VendorNews) => void, onStory: (story: Story) => void): void {
  const source = new EventSource('/demo/news');
  source.addEventListener('vendor', ({ data }) => onVendor(JSON.parse(data) as VendorNews));
  source.addEventListener('story', ({ data }) => onStory(JSON.parse(data) as Story));
}

async function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return answerOf<T>(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function answerOf<T>(answer: Response): Promise<T> {
  if (answer.ok) return (await answer.json()) as T;
  const said = (await answer.json().catch(() => ({}))) as { readonly detail?: string };
  throw new Refusal(said.detail ?? `the demonstration answered ${answer.status}`);
}
