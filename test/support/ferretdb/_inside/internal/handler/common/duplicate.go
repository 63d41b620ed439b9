package common

import (
	"fmt"
	"regexp"
)

// SQLite names an index by its table, which ends with a hash, and FerretDB's name.
var duplicateIn = regexp.MustCompile(`index '.*?_[0-9a-f]{8}_(.+)'`)

// DuplicateMessage is MongoDB's message for an error of a unique index, up to the index's name.
func DuplicateMessage(db, collection string, err error) string {
	message := fmt.Sprintf("E11000 duplicate key error collection: %s.%s", db, collection)
	if found := duplicateIn.FindStringSubmatch(err.Error()); found != nil {
		message += " index: " + found[1] + " dup key"
	}

	return message
}
