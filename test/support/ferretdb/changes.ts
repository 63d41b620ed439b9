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

		for _, key := range index.Key {
			if q := filledIndex(c.TableName, key.Field); q != "" {
				if _, err := db.ExecContext(ctx, q); err != nil {
					return lazyerrors.Error(err)
				}
			}
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
  ...inOne('internal/handler/msg_explain.go', [
    ['	if !h.EnableNestedPushdown && params.Filter != nil {', '	if false {'],
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

  // Documents are stored as BSON beside their JSON.
  ...inOne('internal/backends/sqlite/query_iterator.go', [['sjson.Unmarshal(b)', 'sjson.Unpack(b)']]),
  ...inOne('internal/backends/sqlite/insert.go', [['sjson.Marshal(doc)', 'sjson.Pack(doc)']]),
  ...inOne(SQLITE, [
    ['sjson.Marshal(doc)', 'sjson.Pack(doc)'],
    // The index of a duplicate is in the error.
    [
      `	err := c.r.IndexesCreate(ctx, c.dbName, c.name, indexes)
	if err != nil {`,
      `	err := c.r.IndexesCreate(ctx, c.dbName, c.name, indexes)
	if isDuplicate(err) {
		return nil, backends.NewError(backends.ErrorCodeInsertDuplicateID, err)
	}

	if err != nil {`,
    ],
  ]),
  ...inOne('internal/handler/msg_createindexes.go', [
    [
      `	_, err = c.CreateIndexes(connCtx, &backends.CreateIndexesParams{Indexes: toCreate})
	if err != nil {`,
      `	_, err = c.CreateIndexes(connCtx, &backends.CreateIndexesParams{Indexes: toCreate})
	if backends.ErrorCodeIs(err, backends.ErrorCodeInsertDuplicateID) {
		return nil, handlererrors.NewCommandErrorMsg(
			handlererrors.ErrDuplicateKeyInsert, common.DuplicateMessage(dbName, collection, err))
	}

	if err != nil {`,
    ],
    // An index that would also delete is an index all the same.
    ['		case "background":', '		case "background", "expireAfterSeconds":'],
    [
      '		case "partialFilterExpression", "expireAfterSeconds", "hidden"',
      '		case "partialFilterExpression", "hidden"',
    ],
  ]),
  ...inOne('internal/handler/msg_insert.go', [
    [
      'fmt.Sprintf(`E11000 duplicate key error collection: %s.%s`, params.DB, params.Collection)',
      'common.DuplicateMessage(params.DB, params.Collection, err)',
    ],
    [
      `			if params.Ordered {
				break
			}
		}
	}

	res := `,
      `			if params.Ordered {
				done = true
				break
			}
		}
	}

	res := `,
    ],
  ]),
  ...inOne('internal/handler/msg_findandmodify.go', [
    ['fmt.Sprintf(`E11000 duplicate key error collection: %s.%s`, db, coll)', 'common.DuplicateMessage(db, coll, err)'],
    [
      `	lastError := must.NotFail(types.NewDocument(`,
      `	if res.value, err = projected(res.value, params); err != nil {
		return nil, err
	}

	lastError := must.NotFail(types.NewDocument(`,
    ],
  ]),
  ...inOne('internal/handler/common/findandmodify.go', [
    ['`ferretdb:"fields,unimplemented"`', '`ferretdb:"fields,opt"`'],
  ]),

  // Updates that FerretDB carries out otherwise than MongoDB.
  ...inOne('internal/handler/common/update.go', [
    ['	if setOnInsert {\n		// $setOnInsert do not set', '	if false {\n		// $setOnInsert do not set'],
    [
      `		if key[0] == '$' { // logical operators like $and, $or, $not
`,
      `		if all, ok := val.(*types.Array); ok && key == "$and" {
			for _, one := range valuesOf(all) {
				if err = processFilterEqualityCondition(doc, one.(*types.Document)); err != nil {
					return err
				}
			}
		}

		if key[0] == '$' { // logical operators like $and, $or, $not
`,
    ],
  ]),
  ...inOne('internal/handler/common/update_array_operators.go', [
    [
      `	var changed bool

	for i := range each.Len() {
		array.Append(must.NotFail(each.Get(i)))
		changed = true
	}
`,
      `	before := array
	if array, err = pushed(command, array, each, pushVal); err != nil {
		return false, err
	}

	changed := !types.Identical(before, array)
`,
    ],
    [
      `		elem := must.NotFail(array.Get(i))

		if types.Compare(elem, pullVal) == types.Equal {
			array.Remove(i)`,
      `		elem := must.NotFail(array.Get(i))

		if ok, err = pulls(elem, pullVal); err != nil {
			return false, err
		}

		if ok {
			array.Remove(i)`,
    ],
  ]),
  ...inOne('internal/handler/common/filter.go', [
    [
      `	for _, key := range expr.Keys() {
		if slices.Contains([]string{"$text", "$where"}, key) {`,
      `	if value, _ := doc.Get(filterSuffix); true {
		return anyElementMatches(value, expr)
	}

	for _, key := range expr.Keys() {
		if slices.Contains([]string{"$text", "$where"}, key) {`,
    ],
  ]),
  ...inOne('internal/handler/common/aggregations/stages/group.go', [
    // Each accumulator reads the group from its beginning.
    [
      `		groupIter := iterator.Values(iterator.ForSlice(groupedDocument.documents))
		defer groupIter.Close()

		for _, accumulation := range g.groupBy {
`,
      `		for _, accumulation := range g.groupBy {
			groupIter := iterator.Values(iterator.ForSlice(groupedDocument.documents))
			defer groupIter.Close()

`,
    ],
  ]),
  ...inOne('internal/types/document_validation.go', [
    ['		if strings.HasPrefix(key, "$") {', '		if isTopLevel && strings.HasPrefix(key, "$") {'],
    ['		if strings.Contains(key, ".") {', '		if isTopLevel && strings.Contains(key, ".") {'],
  ]),

  // What is read to be changed is read first.
  ...inOne('internal/handler/msg_update.go', [
    [
      `			iter = common.LimitIterator(iter, closer, 1)
		}
`,
      `			iter = common.LimitIterator(iter, closer, 1)
		}

		if iter, err = readWhole(iter, res.Iter, closer); err != nil {
			return 0, 0, nil, lazyerrors.Error(err)
		}
`,
    ],
  ]),
  ...inOne('internal/handler/msg_findandmodify.go', [
    [
      `	iter = common.LimitIterator(iter, closer, 1)
`,
      `	iter = common.LimitIterator(iter, closer, 1)
	if iter, err = readWhole(iter, queryRes.Iter, closer); err != nil {
		return nil, lazyerrors.Error(err)
	}
`,
    ],
  ]),
  // Every argument would be written out for a log that nobody reads.
  ...inOne('internal/backends/sqlite/metadata/pool/opendb.go', [
    ['fsql.WrapDB(db, name, l)', 'fsql.WrapDB(db, name, slog.New(slog.DiscardHandler))'],
  ]),
];

function inOne(file: string, places: readonly (readonly [string, string])[]): Change[] {
  return places.map(([find, put]) => ({ file, find, put }));
}
