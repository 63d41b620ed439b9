package common

import (
	"strings"

	"github.com/FerretDB/FerretDB/internal/handler/handlererrors"
	"github.com/FerretDB/FerretDB/internal/handler/handlerparams"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/must"
)

// pushed returns the array with what is pushed, as the modifiers of a $push with $each say.
func pushed(command string, array, each *types.Array, push any) (*types.Array, error) {
	modifiers, ok := push.(*types.Document)
	if !ok || !modifiers.Has("$each") {
		modifiers = types.MakeDocument(0)
	}

	at, most := array.Len(), -1

	for _, modifier := range modifiers.Keys() {
		if modifier == "$each" {
			continue
		}

		n, err := handlerparams.GetWholeNumberParam(must.NotFail(modifiers.Get(modifier)))
		if err != nil || (modifier != "$position" && modifier != "$slice") {
			return nil, NewUpdateError(handlererrors.ErrNotImplemented, "$push: "+modifier+" is not supported", command)
		}

		switch {
		case modifier == "$slice":
			most = int(n)
		case n >= 0:
			at = min(int(n), array.Len())
		default:
			at = max(array.Len()+int(n), 0)
		}
	}

	elements := make([]any, 0, array.Len()+each.Len())
	elements = append(elements, valuesOf(array)[:at]...)
	elements = append(elements, valuesOf(each)...)
	elements = append(elements, valuesOf(array)[at:]...)

	if modifiers.Has("$slice") {
		switch {
		case most >= 0:
			elements = elements[:min(most, len(elements))]
		default:
			elements = elements[max(len(elements)+most, 0):]
		}
	}

	return types.NewArray(elements...)
}

// pulls tells whether a $pull removes an element: by a condition on it, by one on its fields, or as its equal.
func pulls(element, pull any) (bool, error) {
	condition, ok := pull.(*types.Document)
	if !ok {
		return types.Compare(element, pull) == types.Equal, nil
	}

	return elementMatches(element, condition)
}

// elementMatches tells whether an element of an array is accepted, as $elemMatch and $pull mean it.
func elementMatches(element any, condition *types.Document) (bool, error) {
	if condition.Len() > 0 && strings.HasPrefix(condition.Keys()[0], "$") && !isLogical(condition.Keys()[0]) {
		return FilterDocument(
			must.NotFail(types.NewDocument("v", element)),
			must.NotFail(types.NewDocument("v", condition)),
		)
	}

	doc, ok := element.(*types.Document)
	if !ok {
		return false, nil
	}

	return FilterDocument(doc, condition)
}

func isLogical(key string) bool {
	return key == "$and" || key == "$or" || key == "$nor"
}

// anyElementMatches is $elemMatch.
func anyElementMatches(value any, condition *types.Document) (bool, error) {
	array, ok := value.(*types.Array)
	if !ok {
		return false, nil
	}

	for _, element := range valuesOf(array) {
		if ok, err := elementMatches(element, condition); ok || err != nil {
			return ok, err
		}
	}

	return false, nil
}

func valuesOf(array *types.Array) []any {
	values := make([]any, array.Len())
	for i := range values {
		values[i] = must.NotFail(array.Get(i))
	}

	return values
}
