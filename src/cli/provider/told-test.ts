/** What came of one provider; the words are those of the API. */
export interface ToldTest {
  readonly app?: string;
  readonly provider: string;
  readonly kind: string;
  readonly verdict: 'accepted' | 'refused' | 'unreachable' | 'not_askable';
  readonly detail: string;
  readonly ms: number;
  readonly vendor?: object;
  readonly cure?: string;
}
