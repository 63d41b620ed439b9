/** One place of FerretDB 1.24.2 that is changed before it is built: `find` stands there exactly once. */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** What the tests need of FerretDB and it does not do; the code behind is in `_inside`. */
export const CHANGES: readonly Change[] = [
  {
    // Every statement of an update has an outcome of its own, as bulkWrite needs.
    file: 'internal/handler/msg_update.go',
    find: `	// TODO https://github.com/FerretDB/FerretDB/issues/2612
	_ = params.Ordered

	matched, modified, upserted, err := h.updateDocument(connCtx, params)`,
    put: `	if len(params.Updates) > 0 {
		return h.updateEach(connCtx, params)
	}

	matched, modified, upserted, err := h.updateDocument(connCtx, params)`,
  },
  {
    file: 'internal/handler/common/update_params.go',
    find: '`ferretdb:"ordered,ignored"`',
    put: '`ferretdb:"ordered,opt"`',
  },
  {
    file: 'internal/backends/sqlite/collection.go',
    find: `			r, err := tx.ExecContext(ctx, q, string(b), arg)
			if err != nil {`,
    put: `			r, err := tx.ExecContext(ctx, q, string(b), arg)
			if isDuplicate(err) {
				return backends.NewError(backends.ErrorCodeInsertDuplicateID, err)
			}

			if err != nil {`,
  },
];
