package sjson

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/FerretDB/wire/wirebson"

	"github.com/FerretDB/FerretDB/internal/bson"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/lazyerrors"
	"github.com/FerretDB/FerretDB/internal/util/must"
)

// packed is what a stored document begins with: its BSON, from which it is read. The rest is its JSON, for SQL.
const packed = `{"$s":"`

// Pack encodes a document to be stored. It is an order of magnitude faster than [Marshal].
func Pack(doc *types.Document) ([]byte, error) {
	converted, err := bson.FromDocument(doc)
	if err != nil {
		return nil, lazyerrors.Error(err)
	}

	raw, err := converted.Encode()
	if err != nil {
		return nil, lazyerrors.Error(err)
	}

	b := make([]byte, 0, 3*len(raw))
	b = append(b, packed...)
	b = base64.StdEncoding.AppendEncode(b, raw)
	b = append(b, '"')

	return append(appendMembers(b, doc, ","), '}'), nil
}

// Unpack decodes what [Pack] encoded.
func Unpack(b []byte) (*types.Document, error) {
	text, ok := bytes.CutPrefix(b, []byte(packed))
	if !ok {
		return nil, lazyerrors.Errorf("sjson.Unpack: the document was stored by another version")
	}

	text, _, _ = bytes.Cut(text, []byte{'"'})

	raw, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return nil, lazyerrors.Error(err)
	}

	return bson.ToDocument(wirebson.RawDocument(raw))
}

// JSON encodes a value as [Pack] does.
func JSON(value any) string {
	return string(appendValue(nil, value))
}

func appendMembers(b []byte, doc *types.Document, joint string) []byte {
	values := doc.Values()
	for i, key := range doc.Keys() {
		b = append(b, joint...)
		b = appendString(b, key)
		b = append(b, ':')
		b = appendValue(b, values[i])
		joint = ","
	}

	return b
}

func appendValue(b []byte, value any) []byte {
	switch value := value.(type) {
	case *types.Document:
		return append(appendMembers(append(b, '{'), value, ""), '}')
	case *types.Array:
		b = append(b, '[')

		for i := range value.Len() {
			if i > 0 {
				b = append(b, ',')
			}

			b = appendValue(b, must.NotFail(value.Get(i)))
		}

		return append(b, ']')
	case string:
		return appendString(b, value)
	case int32:
		return strconv.AppendInt(b, int64(value), 10)
	case int64:
		return strconv.AppendInt(b, value, 10)
	case bool:
		return strconv.AppendBool(b, value)
	case time.Time:
		return strconv.AppendInt(b, value.UnixMilli(), 10)
	case types.ObjectID:
		b = hex.AppendEncode(append(b, '"'), value[:])
		return append(b, '"')
	case types.Binary:
		b = base64.StdEncoding.AppendEncode(append(b, '"'), value.B)
		return append(b, '"')
	default:
		return append(b, must.NotFail(toSJSON(value).MarshalJSON())...)
	}
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c > '~' {
			return append(b, must.NotFail(json.Marshal(s))...)
		}
	}

	return append(append(append(b, '"'), s...), '"')
}
