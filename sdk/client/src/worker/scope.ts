/** What is used of a service worker's global scope, in this package's own words. */
export interface WorkerScope {
  readonly registration: {
    showNotification(title: string, options: object): Promise<unknown>;
    getNotifications(filter?: { readonly tag?: string }): Promise<readonly ShownNotification[]>;
    /** Background Sync, where the browser has it. */
    readonly sync?: { register(tag: string): Promise<unknown> };
  };
  readonly clients: {
    matchAll(options: object): Promise<readonly WindowClient[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly location: { readonly href: string };
  addEventListener(type: string, listener: (event: never) => void): void;
}

export interface ShownNotification {
  readonly tag: string;
  readonly data: unknown;
  close(): void;
}
export interface WindowClient {
  readonly url: string;
  readonly visibilityState?: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}

interface WaitingEvent {
  waitUntil(work: Promise<unknown>): void;
}
export interface PushEventLike extends WaitingEvent {
  readonly data: { json(): unknown } | null;
}
export interface ClickEventLike extends WaitingEvent {
  readonly action: string;
  readonly notification: ShownNotification;
}
export interface SyncEventLike extends WaitingEvent {
  readonly tag: string;
}
export interface WordEventLike extends WaitingEvent {
  readonly data: unknown;
}
