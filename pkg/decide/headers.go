package decide

import (
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// headerEffect is what a sequence of header steps does in the end, header by
// header: whether values that were there stay, and which follow.
type headerEffect map[headerKey]headerValue

type headerKey struct {
	on   intent.Message
	name string
}

type headerValue struct {
	keep   bool
	values []string
}

func newHeaderEffect() headerEffect { return headerEffect{} }

func (e headerEffect) apply(h intent.Headers) {
	k := headerKey{h.On, strings.ToLower(h.Name)}
	v, ok := e[k]
	if !ok {
		v.keep = true
	}
	switch h.Op {
	case intent.SetHeader:
		v = headerValue{values: []string{h.Value}}
	case intent.AddHeader:
		v.values = append(slices.Clone(v.values), h.Value)
	case intent.RemoveHeader:
		v = headerValue{}
	}
	e[k] = v
}

// String writes the effect; "" is none.
func (e headerEffect) String() string {
	keys := slices.SortedFunc(maps.Keys(e), func(a, b headerKey) int {
		if a.on != b.on {
			return int(a.on) - int(b.on)
		}
		return strings.Compare(a.name, b.name)
	})
	var parts []string
	for _, k := range keys {
		parts = append(parts, headerSaid(k, e[k]))
	}
	return strings.Join(parts, ", ")
}
