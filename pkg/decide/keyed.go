package decide

import "github.com/transmesh/transmesh/pkg/match"

// keys remembers the keys of lists of predicates that are met again and again.
type keys map[list]string

// list is one And or Or, by where its members are.
type list struct {
	first *match.Expr
	n     int
	or    bool
}

// of is a text that is equal for equal predicates.
func (k keys) of(e match.Expr) string {
	var at list
	switch e := e.(type) {
	case match.And:
		if len(e) > 0 {
			at = list{&e[0], len(e), false}
		}
	case match.Or:
		if len(e) > 0 {
			at = list{&e[0], len(e), true}
		}
	}
	if at.first == nil {
		return match.Key(e)
	}
	key, known := k[at]
	if !known {
		key = match.Key(e)
		k[at] = key
	}
	return key
}
