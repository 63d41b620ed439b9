package metadata

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/FerretDB/FerretDB/internal/handler/sjson"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/fsql"
)

// Kinds is the set of types that an indexed field has, or had, in the documents of a collection. A field that has no
// array can be compared in SQL; one whose values are of one type can be sorted there.
type Kinds uint8

const (
	kindWhole Kinds = 1 << iota
	// kindFraction is a number that SQLite may read from its JSON as a whole one.
	kindFraction
	kindString
	kindDate
	kindObjectID
	kindBool
	// kindOther can be compared and not sorted.
	kindOther
	// KindArray: one of the documents has an array there or above.
	KindArray
)

// Sortable tells whether SQLite's order of the values is MongoDB's.
func (k Kinds) Sortable() bool {
	if k&^(kindWhole|kindFraction) == 0 {
		return true
	}

	return k < kindOther && k&(k-1) == 0
}

// Whole tells whether no number has a fraction.
func (k Kinds) Whole() bool {
	return k&kindFraction == 0
}

// knownKinds holds what was found out about fields. Writers add to it before they commit.
type knownKinds struct {
	m      sync.Mutex
	fields map[fieldKey]*fieldKinds
}

type fieldKey struct {
	db, table, field string
}

type fieldKinds struct {
	m     sync.Mutex
	kinds Kinds
	// whole: the documents that were there before were read.
	whole bool
}

var known = knownKinds{fields: map[fieldKey]*fieldKinds{}}

func (kk *knownKinds) field(key fieldKey) *fieldKinds {
	kk.m.Lock()
	defer kk.m.Unlock()

	field := kk.fields[key]
	if field == nil {
		field = new(fieldKinds)
		kk.fields[key] = field
	}

	return field
}

// KindsOf returns the kinds of an indexed field. The first time, it reads all documents.
func KindsOf(ctx context.Context, db *fsql.DB, dbName, table, field string) (Kinds, error) {
	f := known.field(fieldKey{dbName, table, field})

	f.m.Lock()
	defer f.m.Unlock()

	if !f.whole {
		read, err := readKinds(ctx, db, table, field)
		if err != nil {
			return 0, err
		}

		f.kinds |= read
		f.whole = true
	}

	return f.kinds, nil
}

// AddKinds takes up the kinds of documents that are about to be written.
func AddKinds(dbName string, c *Collection, docs []*types.Document) {
	for field := range c.IndexedFields() {
		var found Kinds
		for _, doc := range docs {
			found |= kindAt(doc, strings.Split(field, "."))
		}

		f := known.field(fieldKey{dbName, c.TableName, field})
		f.m.Lock()
		f.kinds |= found
		f.m.Unlock()
	}
}

// startKinds spares the first reading of fields that are indexed while there is no document.
func startKinds(ctx context.Context, db *fsql.DB, dbName, table string, index IndexInfo) error {
	var filled bool
	if err := db.QueryRowContext(ctx, fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %q)", table)).Scan(&filled); err != nil {
		return err
	}

	for _, key := range index.Key {
		f := known.field(fieldKey{dbName, table, key.Field})

		f.m.Lock()
		if !filled {
			f.kinds = 0
			f.whole = true
		}
		f.m.Unlock()
	}

	return nil
}

// IndexedFields returns the fields that have a part in one of the indexes.
func (c *Collection) IndexedFields() map[string]bool {
	fields := map[string]bool{}
	for _, index := range c.Settings.Indexes {
		for _, key := range index.Key {
			fields[key.Field] = true
		}
	}

	return fields
}

// kindAt is the kind of the value at a path, 0 where there is none.
func kindAt(doc *types.Document, path []string) Kinds {
	value, _ := doc.Get(path[0])

	switch value := value.(type) {
	case *types.Array:
		return KindArray
	case *types.Document:
		if len(path) == 1 {
			return kindOther
		}

		return kindAt(value, path[1:])
	}

	if len(path) > 1 {
		return 0
	}

	switch value := value.(type) {
	case nil, types.NullType:
		return 0
	case int32, int64:
		return kindWhole
	case float64:
		if value == math.Trunc(value) {
			return kindWhole
		}

		return kindFraction
	case string:
		return kindString
	case time.Time:
		return kindDate
	case types.ObjectID:
		return kindObjectID
	case bool:
		return kindBool
	default:
		return kindOther
	}
}

// readKinds reads all documents.
func readKinds(ctx context.Context, db *fsql.DB, table, field string) (Kinds, error) {
	var found Kinds

	rows, err := db.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM %q`, DefaultColumn, table))
	if err != nil {
		return 0, err
	}
	defer rows.Close()

	path := strings.Split(field, ".")

	for rows.Next() {
		var b []byte
		if err = rows.Scan(&b); err != nil {
			return 0, err
		}

		doc, err := sjson.Unpack(b)
		if err != nil {
			return 0, err
		}

		found |= kindAt(doc, path)
	}

	return found, rows.Err()
}
