package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/FerretDB/FerretDB/internal/backends/sqlite/metadata"
	"github.com/FerretDB/FerretDB/internal/util/fsql"
	"github.com/FerretDB/FerretDB/internal/util/lazyerrors"
)

// idsPerDelete is far from SQLite's limit of variables.
const idsPerDelete = 1000

// deleteByID deletes any number of documents in one transaction.
func deleteByID(ctx context.Context, db *fsql.DB, table string, ids []any) (int32, error) {
	var deleted int32

	err := db.InTransaction(ctx, func(tx *fsql.Tx) error {
		for some := range slices.Chunk(ids, idsPerDelete) {
			args := make([]any, len(some))
			for i, id := range some {
				args[i] = sqlValue(id)
			}

			marks := strings.TrimSuffix(strings.Repeat("?, ", len(some)), ", ")

			res, err := tx.ExecContext(ctx, fmt.Sprintf(`DELETE FROM %q WHERE %s IN (%s)`, table, metadata.IDColumn, marks), args...)
			if err != nil {
				return lazyerrors.Error(err)
			}

			n, err := res.RowsAffected()
			if err != nil {
				return lazyerrors.Error(err)
			}

			deleted += int32(n)
		}

		return nil
	})

	return deleted, err
}
