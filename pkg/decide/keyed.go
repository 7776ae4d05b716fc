package decide

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/match"
)

// keys numbers predicates, the same where they are written alike but for the order of their
// members. Lists that are met again and again are looked at once.
type keys struct {
	lists   map[list]int
	numbers map[string]int
}

// list is one And or Or, by where its members are.
type list struct {
	first *match.Expr
	n     int
	or    bool
}

// of is the number of a simplified predicate.
func (k *keys) of(e match.Expr) int {
	switch e := e.(type) {
	case match.And:
		return k.members(e, false)
	case match.Or:
		return k.members(e, true)
	case match.Not:
		return k.number("!" + strconv.Itoa(k.of(e.X)))
	}
	return k.number("=" + match.Key(e))
}

func (k *keys) members(es []match.Expr, or bool) int {
	if len(es) == 0 {
		return k.number("=" + match.Key(constant(!or)))
	}
	at := list{&es[0], len(es), or}
	if n, known := k.lists[at]; known {
		return n
	}
	all := make([]int, len(es))
	for i, x := range es {
		all[i] = k.of(x)
	}
	slices.Sort(all)
	text := strconv.AppendBool(nil, or)
	for _, n := range slices.Compact(all) {
		text = strconv.AppendInt(append(text, ' '), int64(n), 10)
	}
	n := k.number(string(text))
	if k.lists == nil {
		k.lists = map[list]int{}
	}
	k.lists[at] = n
	return n
}

func (k *keys) number(text string) int {
	n, known := k.numbers[text]
	if !known {
		if k.numbers == nil {
			k.numbers = map[string]int{}
		}
		n = len(k.numbers)
		k.numbers[text] = n
	}
	return n
}
