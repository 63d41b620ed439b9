package sqlite

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/FerretDB/FerretDB/internal/backends/sqlite/metadata"
	"github.com/FerretDB/FerretDB/internal/handler/sjson"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/fsql"
	"github.com/FerretDB/FerretDB/internal/util/iterator"
	"github.com/FerretDB/FerretDB/internal/util/must"
)

// narrower turns parts of a filter into SQL. What it makes must hold for every document that the filter accepts; the
// handler filters what comes, so it may hold for more.
type narrower struct {
	ctx     context.Context
	db      *fsql.DB
	dbName  string
	table   string
	indexed map[string]bool
	args    []any
}

func newNarrower(ctx context.Context, db *fsql.DB, dbName string, meta *metadata.Collection) *narrower {
	return &narrower{ctx: ctx, db: db, dbName: dbName, table: meta.TableName, indexed: meta.IndexedFields()}
}

// where is the condition of a whole query, with its arguments; empty where nothing can be said.
func (n *narrower) where(filter *types.Document) (string, []any, error) {
	condition, err := n.all(filter)
	if err != nil || condition == "" {
		return "", nil, err
	}

	return " WHERE " + condition, n.args, nil
}

var orders = map[any]string{
	int32(1): "", int64(1): "", float64(1): "", int32(-1): " DESC", int64(-1): " DESC", float64(-1): " DESC",
}

// orderBy is empty where SQLite's order might not be MongoDB's.
func (n *narrower) orderBy(sort *types.Document) (string, error) {
	var terms []string

	for _, field := range sort.Keys() {
		found, err := n.kinds(field)
		if err != nil {
			return "", err
		}

		order, ok := orders[must.NotFail(sort.Get(field))]
		if !ok || !found.Sortable() {
			return "", nil
		}

		terms = append(terms, metadata.Expression(field)+order)
	}

	if len(terms) == 0 {
		return "", nil
	}

	return " ORDER BY " + strings.Join(terms, ", "), nil
}

// all joins what can be said of the members of a filter.
func (n *narrower) all(filter *types.Document) (string, error) {
	var conditions []string

	err := each(filter, func(key string, value any) error {
		var condition string
		var err error

		switch {
		case key == "$and":
			condition, err = n.branches(value, " AND ", false)
		case key == "$or":
			condition, err = n.branches(value, " OR ", true)
		case strings.HasPrefix(key, "$"):
			return nil
		default:
			condition, err = n.field(key, value)
		}

		if condition != "" {
			conditions = append(conditions, condition)
		}

		return err
	})

	return strings.Join(conditions, " AND "), err
}

// branches joins filters; where each is needed and one says nothing, they say nothing together.
func (n *narrower) branches(filters any, joint string, needed bool) (string, error) {
	list, ok := filters.(*types.Array)
	if !ok {
		return "", nil
	}

	before := n.args

	var conditions []string

	for i := range list.Len() {
		filter, ok := must.NotFail(list.Get(i)).(*types.Document)
		if !ok {
			return "", nil
		}

		condition, err := n.all(filter)
		if err != nil {
			return "", err
		}

		switch {
		case condition != "":
			conditions = append(conditions, "("+condition+")")
		case needed:
			n.args = before
			return "", nil
		}
	}

	if len(conditions) == 0 {
		return "", nil
	}

	return "(" + strings.Join(conditions, joint) + ")", nil
}

// field is the condition of {field: value}.
func (n *narrower) field(field string, value any) (string, error) {
	if strings.ContainsRune(field, '"') {
		return "", nil
	}

	operators, ok := value.(*types.Document)
	if !ok || operators.Len() == 0 || !strings.HasPrefix(operators.Keys()[0], "$") {
		return n.compare(field, "$eq", value)
	}

	var conditions []string

	err := each(operators, func(operator string, operand any) error {
		condition, err := n.compare(field, operator, operand)
		if condition != "" {
			conditions = append(conditions, condition)
		}

		return err
	})

	return strings.Join(conditions, " AND "), err
}

var (
	comparisons = map[string]string{"$gt": " >= ?", "$gte": " >= ?", "$lt": " <= ?", "$lte": " <= ?"}
	strictly    = map[string]string{"$gt": " > ?", "$gte": " >= ?", "$lt": " < ?", "$lte": " <= ?"}
)

// farFromRounding: whole numbers about it are read from JSON with an error of less than one.
const farFromRounding = 1 << 50

// compare is the condition of one operator. Those of a range let the bound itself through where the rounding of numbers
// might lose something.
func (n *narrower) compare(field, operator string, operand any) (string, error) {
	found, err := n.kinds(field)
	if err != nil {
		return "", err
	}

	if found&metadata.KindArray != 0 {
		return n.among(field, operator, operand), nil
	}

	expression := metadata.Expression(field)

	switch operator {
	case "$eq":
		if _, ok := operand.(types.NullType); ok {
			return expression + " IS NULL", nil
		}

		if value, ok := exact(operand); ok {
			return n.with(expression+" = ?", value), nil
		}
	case "$in":
		if values, ok := exactList(operand); ok {
			return n.with(expression+" IN (SELECT value FROM json_each(?))", values), nil
		}
	case "$gt", "$gte", "$lt", "$lte":
		if value, ok := bound(operand); ok {
			signs := comparisons
			if found.Whole() && isWhole(operand) {
				signs = strictly
			}

			return n.with(expression+signs[operator], value), nil
		}
	}

	return "", nil
}

// among compares where there may be arrays, whose elements count.
func (n *narrower) among(field, operator string, operand any) string {
	if strings.ContainsRune(field, '.') {
		return within(field, operator, operand)
	}

	if _, ok := operand.(*types.Document); ok {
		return ""
	}

	elements := "EXISTS (SELECT 1 FROM json_each(" + metadata.DefaultColumn + ", " + metadata.Path([]string{field}) + ") AS e WHERE e.value "

	switch operator {
	case "$eq":
		if value, ok := exact(operand); ok {
			return n.with(elements+"= ?)", value)
		}
	case "$in":
		if values, ok := exactList(operand); ok {
			return n.with(elements+"IN (SELECT value FROM json_each(?)))", values)
		}
	}

	return ""
}

// within asks only that there is something to look into: where most documents have nothing there, that leaves few.
func within(field, operator string, operand any) string {
	var ok bool

	switch operator {
	case "$eq":
		_, ok = exact(operand)
	case "$in":
		_, ok = exactList(operand)
	case "$gt", "$gte", "$lt", "$lte":
		_, ok = bound(operand)
	}

	if !ok {
		return ""
	}

	filled := metadata.Filled(field)

	return "(" + filled + ") = 1 AND " + filled
}

func (n *narrower) with(condition string, arg any) string {
	// Not in place: a branch that says nothing takes its arguments back.
	n.args = append(n.args[:len(n.args):len(n.args)], arg)
	return condition
}

func (n *narrower) kinds(field string) (metadata.Kinds, error) {
	if !n.indexed[field] {
		return metadata.KindArray, nil
	}

	return metadata.KindsOf(n.ctx, n.db, n.dbName, n.table, field)
}

// exact is what a value equals in SQL, if its equals there are the ones of MongoDB.
func exact(value any) (any, bool) {
	switch value := value.(type) {
	case int64:
		return value, value >= -1<<53 && value <= 1<<53
	case float64:
		return value, value == math.Trunc(value) && math.Abs(value) <= 1<<53
	case int32, string, bool, time.Time, types.ObjectID, types.Binary:
		return sqlValue(value), true
	case *types.Document:
		return sqlValue(value), value.Len() > 0 && onlyExact(value)
	default:
		return nil, false
	}
}

func onlyExact(doc *types.Document) bool {
	for _, value := range doc.Values() {
		if _, ok := exact(value); !ok {
			return false
		}
	}

	return true
}

// exactList is the JSON of the values of $in.
func exactList(operand any) (any, bool) {
	list, ok := operand.(*types.Array)
	if !ok {
		return nil, false
	}

	values := make([]any, list.Len())
	for i := range values {
		element := must.NotFail(list.Get(i))
		if _, ok := element.(*types.Document); ok {
			return nil, false
		}

		if values[i], ok = exact(element); !ok {
			return nil, false
		}
	}

	return string(must.NotFail(json.Marshal(values))), true
}

// bound is the end of a range in SQL.
func bound(value any) (any, bool) {
	switch value.(type) {
	case string, time.Time, types.ObjectID:
		return sqlValue(value), true
	case int32, int64, float64:
		return exact(value)
	default:
		return nil, false
	}
}

func isWhole(value any) bool {
	switch value := value.(type) {
	case int32, time.Time:
		return true
	case int64:
		return value >= -farFromRounding && value <= farFromRounding
	case float64:
		return value == math.Trunc(value) && math.Abs(value) <= farFromRounding
	default:
		return false
	}
}

// sqlValue is what [metadata.Expression] makes of a value.
func sqlValue(value any) any {
	switch value := value.(type) {
	case time.Time:
		return value.UnixMilli()
	case types.ObjectID:
		return hex.EncodeToString(value[:])
	case types.Binary:
		return base64.StdEncoding.EncodeToString(value.B)
	case string, int32, int64, float64, bool:
		return value
	default:
		return sjson.JSON(value)
	}
}

func each(doc *types.Document, visit func(key string, value any) error) error {
	iter := doc.Iterator()
	defer iter.Close()

	for {
		key, value, err := iter.Next()
		if errors.Is(err, iterator.ErrIteratorDone) {
			return nil
		}

		if err != nil {
			return err
		}

		if err = visit(key, value); err != nil {
			return err
		}
	}
}
