package handler

import (
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/iterator"
)

// readWhole ends the reading before anything is written: an open read would keep SQLite's log from being emptied.
func readWhole(iter, source types.DocumentsIterator, closer *iterator.MultiCloser) (types.DocumentsIterator, error) {
	docs, err := iterator.ConsumeValues(iter)
	source.Close()

	if err != nil {
		return nil, err
	}

	res := iterator.Values(iterator.ForSlice(docs))
	closer.Add(res)

	return res, nil
}
