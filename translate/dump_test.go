package translate

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// dumper writes all that a model holds, apart from where it stands in the input
// and what its objects are called. Its fields leave out more.
type dumper struct {
	nameless bool // without the names of rules, facts and subsets
	sets     bool // with what is a set in one order
	legs     bool // without the weight of a single leg
	heads    bool // with steps that do not touch the same in one order
}

// model writes a model. The inventory and the environment are not part of it.
func (d dumper) model(m *intent.Model) string {
	c := *m
	c.Inventory, c.Env, c.Leaves = intent.Inventory{}, intent.Environment{}, nil
	if d.sets {
		c.Entries = withSortedHosts(m.Entries)
	}
	if d.nameless {
		c.External = withoutUnusedHosts(m.External)
	}
	return d.text(reflect.ValueOf(c))
}

// withoutUnusedHosts are facts without the hosts that no connection tells of, and
// that connections do not go to.
func withoutUnusedHosts(es []*intent.External) []*intent.External {
	out := make([]*intent.External, len(es))
	for i, e := range es {
		c := *e
		used := func(p intent.ExternalPort) bool {
			f, known := p.Family()
			return !known || f != intent.TCP || !e.Plain(p)
		}
		if !slices.ContainsFunc(e.Ports, used) {
			c.Hosts = nil
		}
		out[i] = &c
	}
	return out
}

// withSortedHosts are entries whose listeners have their hosts in one order, which
// means nothing.
func withSortedHosts(es []*intent.Entry) []*intent.Entry {
	out := make([]*intent.Entry, len(es))
	for i, e := range es {
		c := *e
		c.Listeners = slices.Clone(e.Listeners)
		for j := range c.Listeners {
			c.Listeners[j].Hosts = slices.Sorted(slices.Values(c.Listeners[j].Hosts))
		}
		out[i] = &c
	}
	return out
}

// unsaid are types that are not part of a model's meaning.
var unsaid = []reflect.Type{
	reflect.TypeFor[intent.Origin](), reflect.TypeFor[place.Ref](), reflect.TypeFor[*place.Ref](), reflect.TypeFor[*intent.Home](), reflect.TypeFor[intent.Places](),
}

// unordered are types of lists whose order means nothing.
var unordered = []reflect.Type{
	reflect.TypeFor[match.And](), reflect.TypeFor[match.Or](), reflect.TypeFor[[]*intent.Access](), reflect.TypeFor[[]*intent.Tokens](),
	reflect.TypeFor[[]*intent.Entry](), reflect.TypeFor[[]*intent.Opaque](), reflect.TypeFor[[]intent.Backend](), reflect.TypeFor[[]intent.TokenRule](),
	reflect.TypeFor[[]intent.Listener](), reflect.TypeFor[[]*intent.RateLimit](), reflect.TypeFor[[]*intent.Routing](),
	reflect.TypeFor[[]intent.Host](), reflect.TypeFor[[]intent.ExternalPort](), reflect.TypeFor[[]intent.Endpoint](), reflect.TypeFor[[]intent.HostsOf](), reflect.TypeFor[[]*intent.Export](),
}

func (d dumper) text(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return d.text(v.Elem())
	case reflect.Slice:
		return d.list(v)
	case reflect.Struct:
		return d.structure(v)
	}
	return fmt.Sprintf("%#v", v.Interface())
}

func (d dumper) list(v reflect.Value) string {
	if steps, ok := v.Interface().([]intent.Step); ok && d.heads {
		v = reflect.ValueOf(byHeader(steps))
	}
	parts := make([]string, v.Len())
	for i := range parts {
		parts[i] = d.text(v.Index(i))
	}
	if d.sets && slices.Contains(unordered, v.Type()) {
		slices.Sort(parts)
		if v.Type() == reflect.TypeFor[match.And]() || v.Type() == reflect.TypeFor[match.Or]() {
			parts = slices.Compact(parts)
		}
	}
	return v.Type().Name() + "[" + strings.Join(parts, " ") + "]"
}

func (d dumper) structure(v reflect.Value) string {
	t := v.Type()
	if t == reflect.TypeFor[source.Object]() {
		return ""
	}
	parts := []string{t.Name()}
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case slices.Contains(unsaid, f.Type), f.Name == "Comment", f.Name == "Why", !f.IsExported():
		case d.nameless && f.Type.Kind() == reflect.String && (f.Name == "Name" || f.Name == "SubsetName") && t != reflect.TypeFor[intent.Name]() && t != reflect.TypeFor[intent.Headers]():
		case d.legs && f.Name == "To" && f.Type == reflect.TypeFor[[]intent.Backend]():
			parts = append(parts, d.text(reflect.ValueOf(oneLeg(v.Field(i).Interface().([]intent.Backend)))))
		default:
			parts = append(parts, f.Name+":"+d.text(v.Field(i)))
		}
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// oneLeg gives a single leg the weight 1, and leaves out those of weight 0.
func oneLeg(to []intent.Backend) []intent.Backend {
	to = slices.DeleteFunc(slices.Clone(to), func(b intent.Backend) bool { return b.Weight == 0 })
	if len(to) == 1 {
		to[0].Weight = 1
	}
	return to
}

// byHeader puts neighbouring steps that do not touch the same into one order:
// changes of headers by name, mirrors and CORS. Changes of one header keep theirs.
func byHeader(steps []intent.Step) []intent.Step {
	key := func(s intent.Step) string {
		if h, ok := s.(intent.Headers); ok {
			return fmt.Sprint(h.On, h.Name)
		}
		return fmt.Sprintf("%T", s)
	}
	moves := func(s intent.Step) bool {
		switch s.(type) {
		case intent.Headers, intent.Mirror, intent.CORS:
			return true
		}
		return false
	}
	out := slices.Clone(steps)
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && moves(out[j]) {
			j++
		}
		slices.SortStableFunc(out[i:j], func(a, b intent.Step) int { return strings.Compare(key(a), key(b)) })
		i = j + 1
	}
	return out
}
