package handler

import (
	"context"
	"errors"

	"github.com/FerretDB/wire"
	"github.com/FerretDB/wire/wirebson"
	"go.mongodb.org/mongo-driver/mongo"

	"github.com/FerretDB/FerretDB/internal/handler/common"
	"github.com/FerretDB/FerretDB/internal/handler/handlererrors"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/must"
)

// updateEach carries out the statements of an update command one after the other. One that fails is told with its
// index; the ones after it are carried out unless the command is ordered.
func (h *Handler) updateEach(ctx context.Context, params *common.UpdateParams) (*wire.OpMsg, error) {
	var matched, modified int32
	upserted, failed := types.MakeArray(0), types.MakeArray(0)

	for i, update := range params.Updates {
		one := *params
		one.Updates = []common.Update{update}

		n, changed, made, err := h.updateDocument(ctx, &one)
		if err != nil {
			told, err := writeError(i, handleUpdateError(params.DB, params.Collection, "update", err))
			if err != nil {
				return nil, err
			}

			failed.Append(WriteErrorDocument(told))
			if params.Ordered {
				break
			}

			continue
		}

		matched += n
		modified += changed
		if made.Len() > 0 {
			doc := must.NotFail(made.Get(0)).(*types.Document)
			doc.Set("index", int32(i))
			upserted.Append(doc)
		}
	}

	res := must.NotFail(types.NewDocument("n", matched))
	if upserted.Len() > 0 {
		res.Set("upserted", upserted)
	}
	res.Set("nModified", modified)
	if failed.Len() > 0 {
		res.Set("writeErrors", failed)
	}
	res.Set("ok", float64(1))

	return documentOpMsg(res)
}

// writeError is the error of statement i, or the error of the whole command where it is not about a document.
func writeError(i int, err error) (*mongo.WriteError, error) {
	var we *handlererrors.WriteErrors
	var ce *handlererrors.CommandError

	switch {
	case errors.As(err, &we):
		first := we.Document().Get("writeErrors").(*wirebson.Array).Get(0).(*wirebson.Document)
		code, message := first.Get("code").(int32), first.Get("errmsg").(string)

		return &mongo.WriteError{Index: i, Code: int(code), Message: message}, nil
	case errors.As(err, &ce):
		return &mongo.WriteError{Index: i, Code: int(ce.Code()), Message: ce.Err().Error()}, nil
	default:
		return nil, err
	}
}
