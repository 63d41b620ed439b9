package handler

import (
	"github.com/FerretDB/FerretDB/internal/handler/common"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/iterator"
)

// projected is a findAndModify's document with the fields that were asked for.
func projected(value any, params *common.FindAndModifyParams) (any, error) {
	doc, ok := value.(*types.Document)
	if !ok || params.Fields.Len() == 0 {
		return value, nil
	}

	closer := iterator.NewMultiCloser()
	defer closer.Close()

	one := iterator.Values(iterator.ForSlice([]*types.Document{doc}))
	closer.Add(one)

	iter, err := common.ProjectionIterator(one, closer, params.Fields, params.Query)
	if err != nil {
		return nil, err
	}

	_, doc, err = iter.Next()

	return doc, err
}
