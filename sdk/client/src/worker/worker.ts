/**
 * The service worker's part: shows what is pushed, once, opens what is clicked, and tells the gateway of both. For a
 * site with a service worker of its own; `service-worker.js` is one that does nothing else.
 */
import { type FetchCall, platform } from '../platform.js';
import { type IndexedDbStorage, indexedDbStorage } from '../storage/indexed-db.js';
import { type NotificationMemory, type PushContent, readMemory, readPayload } from './payload.js';
import { createReports, type Report, type WorkerAccess } from './reports.js';
import type { ClickEventLike, PushEventLike, SyncEventLike, WordEventLike, WorkerScope } from './scope.js';

const SHOWN_MAX = 200;
const SYNC_TAG = 'pealbell';

export interface WorkerOptions {
  /** Default: the global scope of the service worker. */
  readonly scope?: WorkerScope;
  readonly storage?: IndexedDbStorage;
  readonly fetch?: FetchCall;
  readonly now?: () => number;
}

/** Listens from now on; to be called when the service worker's script runs, not later. */
export function installPealbell(options: WorkerOptions = {}): void {
  const scope = options.scope ?? (globalThis as unknown as WorkerScope);
  const storage = options.storage ?? indexedDbStorage('pealbell-worker');
  const now = options.now ?? (() => Date.now());
  const reports = createReports(
    storage,
    options.fetch ?? ((url, init) => (platform.fetch as unknown as FetchCall)(url, init)),
    now,
  );

  async function tellPages(word: object): Promise<boolean> {
    const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    for (const page of pages) page.postMessage(word);
    return pages.some(({ visibilityState }) => visibilityState === 'visible');
  }

  async function flush(): Promise<void> {
    const outcome = await reports.flush();
    if (outcome === 'token') await tellPages({ pealbell: 'token' });
    // Without Background Sync the next push, click or page is the next try.
    if (outcome === 'later') await scope.registration.sync?.register(SYNC_TAG).catch(() => {});
  }

  async function report(memory: { readonly id: string }, event: Report['event'], action?: string): Promise<void> {
    const at = new Date(now()).toISOString();
    await reports.add({ message: memory.id, event, at, ...(action === undefined || action === '' ? {} : { action }) });
    await flush();
  }

  /** @returns whether the id is new */
  async function remember(id: string): Promise<boolean> {
    let isNew = false;
    await storage.change('shown', (text) => {
      const ids = (text ?? '').split(' ').filter((one) => one !== '');
      isNew = !ids.includes(id);
      return (isNew ? [...ids, id] : ids).slice(-SHOWN_MAX).join(' ');
    });
    return isNew;
  }

  /** What is being shown now, by id. */
  const showing = new Map<string, Promise<boolean>>();

  async function onPush(content: PushContent): Promise<void> {
    const { id } = content;
    // Of one id one after the other: Chromium can forget a notification that is asked for while it is being shown.
    const before = showing.get(id)?.catch(() => false) ?? Promise.resolve(false);
    const mine = before.then(() => show(content));
    showing.set(id, mine);
    try {
      if (await mine) await report({ id }, 'displayed');
    } finally {
      if (showing.get(id) === mine) showing.delete(id);
    }
  }

  /** @returns whether the person sees it for the first time */
  async function show({ id, tag, shown, data }: PushContent): Promise<boolean> {
    if (shown === undefined) {
      // Browsers want something shown for each push. What is data only goes to the pages; where none is open it is lost
      // to this road, and the mailbox has it.
      await tellPages({ pealbell: 'data', id, data });
      return false;
    }
    if (!(await remember(id).catch(() => true))) {
      // Realtime has shown it, or a push service delivers twice. What is on the screen still is shown as it is, without a
      // sound; what is not was taken away by the person.
      const [there] = await scope.registration.getNotifications({ tag });
      if (there !== undefined && readMemory(there.data)?.id === id)
        await scope.registration.showNotification(shown.title, { ...shown.options, silent: true, renotify: false });
      return false;
    }
    await scope.registration.showNotification(shown.title, shown.options);
    return true;
  }

  async function onClick({ action, notification }: ClickEventLike, memory: NotificationMemory): Promise<void> {
    notification.close();
    const { id, data } = memory;
    const url = memory.urls[action] ?? memory.url;
    const opened = { pealbell: 'opened', id, action, url, deepLink: memory.deepLink, data };
    await Promise.all([open(url, opened), report(memory, 'opened', action)]);
  }

  /** The page that is there already, where there is one; the person's click allows either. */
  async function open(url: string | undefined, word: object): Promise<void> {
    const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const target = url === undefined ? undefined : absolute(url, scope.location.href);
    const page = target === undefined ? pages[0] : pages.find((one) => one.url === target);
    for (const one of pages) one.postMessage(word);
    if (page !== undefined) await page.focus().catch(() => {});
    else await scope.clients.openWindow(target ?? absolute('/', scope.location.href)).catch(() => {});
  }

  async function onWord(word: Readonly<Record<string, unknown>>): Promise<void> {
    switch (word.pealbell) {
      case 'access':
        await reports.access(word.access as WorkerAccess | undefined); // from `registerWebPush`
        return flush();
      case 'shown':
        await remember(String(word.id));
        return;
      case 'clear':
        for (const tag of Array.isArray(word.tags) ? word.tags : []) {
          for (const one of await scope.registration.getNotifications({ tag: String(tag) })) one.close();
        }
        return;
    }
  }

  scope.addEventListener('push', (event: PushEventLike) => {
    const content = readPayload(attemptJson(event));
    // One that is not the gateway's is another listener's.
    if (content !== undefined) event.waitUntil(onPush(content));
  });
  scope.addEventListener('notificationclick', (event: ClickEventLike) => {
    const memory = readMemory(event.notification.data);
    if (memory !== undefined) event.waitUntil(onClick(event, memory));
  });
  scope.addEventListener('message', (event: WordEventLike) => {
    const { data } = event;
    if (typeof data === 'object' && data !== null && 'pealbell' in data)
      event.waitUntil(onWord(data as Record<string, unknown>));
  });
  scope.addEventListener('sync', (event: SyncEventLike) => {
    if (event.tag === SYNC_TAG) event.waitUntil(flush());
  });
}

function attemptJson({ data }: PushEventLike): unknown {
  try {
    return data?.json();
  } catch {
    return undefined;
  }
}

/** `URL` is there in every service worker. */
function absolute(url: string, base: string): string {
  const { URL: Url } = globalThis as unknown as { URL: new (url: string, base: string) => { readonly href: string } };
  try {
    return new Url(url, base).href;
  } catch {
    return base;
  }
}
