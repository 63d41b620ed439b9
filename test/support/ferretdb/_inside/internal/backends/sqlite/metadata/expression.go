package metadata

import (
	"fmt"
	"strings"
)

// Expression is the SQL of a field's value, the same in indexes and in queries so that SQLite uses the ones for the
// others: text and numbers compare as MongoDB's strings and numbers do, what is missing or null is NULL.
func Expression(field string) string {
	return DefaultColumn + "->>" + Path(strings.Split(field, "."))
}

// Path is the literal of SQLite's path to a value in JSON.
func Path(keys []string) string {
	var path strings.Builder
	for _, key := range keys {
		fmt.Fprintf(&path, `."%s"`, key)
	}

	return "'$" + strings.ReplaceAll(path.String(), "'", "''") + "'"
}
