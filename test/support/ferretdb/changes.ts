/** One place of FerretDB 1.24.2 that is changed before it is built: `find` stands there exactly once. */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const SQLITE = 'internal/backends/sqlite/collection.go';

/** What the tests need of FerretDB and it does not do; the code behind is in `_inside`. */
export const CHANGES: readonly Change[] = [
  ...inOne('internal/handler/msg_update.go', [
    [
      // Every statement of an update has an outcome of its own, as bulkWrite needs.
      `	// TODO https://github.com/FerretDB/FerretDB/issues/2612
	_ = params.Ordered
`,
      `	if len(params.Updates) > 0 {
		return h.updateEach(connCtx, params)
	}
`,
    ],
  ]),
  ...inOne('internal/handler/common/update_params.go', [['`ferretdb:"ordered,ignored"`', '`ferretdb:"ordered,opt"`']]),

  // Indexes and queries use one expression for a field.
  ...inOne('internal/backends/sqlite/metadata/metadata.go', [
    [`DefaultColumn + "->'$._id'"`, `DefaultColumn + "->>'$.\\"_id\\"'"`],
  ]),
  ...inOne('internal/backends/sqlite/metadata/registry.go', [
    [
      `			fields := strings.Split(key.Field, ".")
			for j, f := range fields {
				fields[j] = fmt.Sprintf("%q", f)
			}

			columns[i] = fmt.Sprintf("%s->%s", DefaultColumn, strings.Join(fields, "->"))`,
      `			columns[i] = Expression(key.Field)`,
    ],
    [
      '		created = append(created, index.Name)\n',
      `		if err := startKinds(ctx, db, dbName, c.TableName, index); err != nil {
			return lazyerrors.Error(err)
		}

		created = append(created, index.Name)
`,
    ],
  ]),
  ...inOne(SQLITE, [
    [
      `	if params.Filter.Len() == 1 {
		v, _ := params.Filter.Get("_id")
		switch v.(type) {
		case string, types.ObjectID:
			whereClause = fmt.Sprintf(\` WHERE %s = ?\`, metadata.IDColumn)
			args = []any{string(must.NotFail(sjson.MarshalSingleValue(v)))}
		}
	}

	q += whereClause
	q += prepareOrderByClause(params.Sort)`,
      `	n := newNarrower(ctx, db, c.dbName, meta)

	whereClause, args, err := n.where(params.Filter)
	if err != nil {
		return nil, lazyerrors.Error(err)
	}

	order, err := n.orderBy(params.OrderBy)
	if err != nil {
		return nil, lazyerrors.Error(err)
	}

	q += whereClause
	q += order + prepareOrderByClause(params.Sort)`,
    ],
    [
      `	var whereClause string
	var args []any

	// that logic should exist in one place
	// TODO https://github.com/FerretDB/FerretDB/issues/3235
	n := `,
      `	n := `,
    ],
    [
      `	return &backends.QueryResult{
		Iter: newQueryIterator(ctx, rows, params.OnlyRecordIDs),
	}, nil`,
      `	return &backends.QueryResult{
		Iter:    newQueryIterator(ctx, rows, params.OnlyRecordIDs),
		Ordered: order != "",
	}, nil`,
    ],
    [
      `	var filterPushdown bool
	var whereClause string
	var args []any

	// that logic should exist in one place
	// TODO https://github.com/FerretDB/FerretDB/issues/3235
	if params.Filter.Len() == 1 {
		v, _ := params.Filter.Get("_id")
		switch v.(type) {
		case string, types.ObjectID:
			filterPushdown = true
			whereClause = fmt.Sprintf(\` WHERE %s = ?\`, metadata.IDColumn)
			args = []any{string(must.NotFail(sjson.MarshalSingleValue(v)))}
		}
	}
`,
      `	n := newNarrower(ctx, db, c.dbName, meta)

	whereClause, args, err := n.where(params.Filter)
	if err != nil {
		return nil, lazyerrors.Error(err)
	}

	filterPushdown := whereClause != ""
`,
    ],
    [
      `			arg := string(must.NotFail(sjson.MarshalSingleValue(id)))

			r, err := tx.ExecContext(ctx, q, string(b), arg)
			if err != nil {`,
      `			arg := sqlValue(id)

			r, err := tx.ExecContext(ctx, q, string(b), arg)
			if isDuplicate(err) {
				return backends.NewError(backends.ErrorCodeInsertDuplicateID, err)
			}

			if err != nil {`,
    ],
    [
      `	err := db.InTransaction(ctx, func(tx *fsql.Tx) error {
		for _, doc := range params.Docs {`,
      `	metadata.AddKinds(c.dbName, meta, params.Docs)

	err := db.InTransaction(ctx, func(tx *fsql.Tx) error {
		for _, doc := range params.Docs {`,
    ],
    [
      `	err := db.InTransaction(ctx, func(tx *fsql.Tx) error {
		batchSize := c.r.BatchSize`,
      `	metadata.AddKinds(c.dbName, meta, params.Docs)

	err := db.InTransaction(ctx, func(tx *fsql.Tx) error {
		batchSize := c.r.BatchSize`,
    ],
    [
      `	if params.RecordIDs == nil {
		placeholders = make([]string, len(params.IDs))
		args = make([]any, len(params.IDs))

		for i, id := range params.IDs {
			placeholders[i] = "?"
			args[i] = string(must.NotFail(sjson.MarshalSingleValue(id)))
		}

		column = metadata.IDColumn
	} else {`,
      `	if params.RecordIDs == nil {
		deleted, err := deleteByID(ctx, db, meta.TableName, params.IDs)
		return &backends.DeleteAllResult{Deleted: deleted}, err
	} else {`,
    ],
  ]),

  // A stack trace for every iterator finds leaks of FerretDB, which is not what is tested here.
  ...inOne('internal/util/resource/resource.go', [
    [
      `	checkArgs(obj, token)

	name := `,
      `	if checkArgs(obj, token); true {
		return
	}

	name := `,
    ],
    [
      `	checkArgs(obj, token)

	p := `,
      `	if checkArgs(obj, token); true {
		return
	}

	p := `,
    ],
  ]),

  // The handler tells the order that it wants, and sorts where it did not get it.
  ...inOne('internal/backends/collection.go', [
    [
      `	OnlyRecordIDs bool
	Comment       string
}

// QueryResult`,
      `	OnlyRecordIDs bool
	Comment       string
	OrderBy       *types.Document
}

// QueryResult`,
    ],
    [
      `type QueryResult struct {
	Iter types.DocumentsIterator`,
      `type QueryResult struct {
	Iter    types.DocumentsIterator
	Ordered bool`,
    ],
  ]),
  ...inOne('internal/handler/msg_find.go', [
    ['	if !h.EnableNestedPushdown && params.Filter != nil {', '	if qp.OrderBy = params.Sort; false {'],
    [
      '	iter, err := h.makeFindIter(queryRes.Iter, closer, params)',
      `	iterParams := *params
	if queryRes.Ordered {
		iterParams.Sort = nil
	}

	iter, err := h.makeFindIter(queryRes.Iter, closer, &iterParams)`,
    ],
    ['	h.L.DebugContext(ctx, fmt.Sprintf("Converted %+v for %+v to %+v.", params, cInfo, qp))\n', ''],
  ]),
  ...inOne('internal/handler/msg_aggregate.go', [
    ['		if !h.EnableNestedPushdown && filter != nil {', '		if false {'],
  ]),
  ...inOne('internal/handler/msg_findandmodify.go', [
    ['		qp.Filter = params.Query\n', '		qp.Filter, qp.OrderBy = params.Query, params.Sort\n'],
    [
      '	iter, err = common.SortIterator(iter, closer, params.Sort)\n',
      `	if !queryRes.Ordered {
		iter, err = common.SortIterator(iter, closer, params.Sort)
	}
`,
    ],
  ]),
];

function inOne(file: string, places: readonly (readonly [string, string])[]): Change[] {
  return places.map(([find, put]) => ({ file, find, put }));
}
