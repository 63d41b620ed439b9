/** What Honor may answer in another form than documented. */
export interface Habits {
  /** Codes as texts. */
  readonly codesAsText?: boolean;
  /** The HTTP status of refused access tokens; 401 when absent. */
  readonly authStatus?: 200 | 401;
  /** Their code; by kind of fault when absent. */
  readonly authCode?: string;
  /** The code of a success; 200 when absent. */
  readonly successCode?: number;
}
