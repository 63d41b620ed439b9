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

// Filled is the SQL of whether there is something to look into for a field within another one: neither nothing nor an
// empty array.
func Filled(field string) string {
	outer, _, _ := strings.Cut(field, ".")

	return Expression(outer) + " <> '[]'"
}

// filledIndex is the SQL that makes an index of documents whose outer field is [Filled]; empty for a field that is within none.
// It stands for MongoDB's index of each element, which SQLite has none of.
func filledIndex(table, field string) string {
	outer, _, ok := strings.Cut(field, ".")
	if !ok {
		return ""
	}

	filled := Filled(field)

	return fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %q ON %q ((%s)) WHERE %s`, table+"_filled_"+outer, table, filled, filled)
}

// Path is the literal of SQLite's path to a value in JSON.
func Path(keys []string) string {
	var path strings.Builder
	for _, key := range keys {
		fmt.Fprintf(&path, `."%s"`, key)
	}

	return "'$" + strings.ReplaceAll(path.String(), "'", "''") + "'"
}
