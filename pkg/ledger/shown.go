package ledger

import (
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
)

// Positions tells where a path of a manifest stands in a file; the zero Pos where it is
// not known.
type Positions func(of *manifest.Object, path string) place.Pos

// Shown is the ledger with the places in manifests where its values show; at may be nil.
//
// A value shows in what was written because of it, or because of the nearest value around
// it: where a scalar there says the same it is that scalar, else the part as a whole. A
// value of which nothing around it is the reason for anything, in an object that is, shows
// in the manifests that stem from the object. Values that are not said show nowhere, and
// so do those that the target needs not be told.
func (l Ledger) Shown(in []*manifest.Object, at Positions) Ledger {
	if at == nil {
		at = func(*manifest.Object, string) place.Pos { return place.Pos{} }
	}
	m := &sourceMap{parts: map[site][]part{}, wholes: map[owner][]part{}, says: map[site]map[string][]part{}, at: at}
	for _, o := range in {
		m.object(o)
	}
	out := Ledger{l.lines, make([][]place.Ref, len(l.lines))}
	for i, of := range l.lines {
		if said(of.why.fate) {
			out.output[i] = m.find(of.Ref(), of.Value())
		}
	}
	return out
}

// said reports whether the output says a value with a fate.
func said(f Fate) bool { return f == Carried || f == Rewritten || f == Drifted }

// sourceMap knows what was written because of each input value.
type sourceMap struct {
	parts map[site][]part
	// wholes are the manifests that stem from something of an object.
	wholes map[owner][]part
	// says finds the scalars of the parts of a value by what they say, for those that
	// were asked for.
	says map[site]map[string][]part
	at   Positions
}

// site is an input value.
type site struct {
	owner
	path string
}

// part is a value of a manifest.
type part struct {
	of   *manifest.Object
	path string
	*manifest.Node
}

func (m *sourceMap) object(o *manifest.Object) {
	root := part{o, "", o.Root}
	m.note(root, o.From)
	m.walk(root)
}

func (m *sourceMap) walk(p part) {
	m.note(p, p.From())
	p.kids(m.walk)
}

// kids tells what a map or list holds.
func (p part) kids(tell func(part)) {
	for i, kid := range p.Kids {
		path := p.path + "[" + strconv.Itoa(i) + "]"
		if p.Kind == manifest.MapKind {
			path = strings.TrimPrefix(p.path+"."+kid.Key, ".")
		}
		tell(part{p.of, path, kid.Node})
	}
}

// note takes down that a part was written because of some values.
func (m *sourceMap) note(p part, because []place.Ref) {
	for _, ref := range because {
		if ref.IsDefault() {
			continue
		}
		of := owner{ref.Object, ref.Pos.File}
		at := site{of, ref.Path}
		if known := m.parts[at]; len(known) == 0 || known[len(known)-1].Node != p.Node {
			m.parts[at] = append(known, p)
		}
		if known := m.wholes[of]; len(known) == 0 || known[len(known)-1].of != p.of {
			m.wholes[of] = append(known, part{p.of, "", p.of.Root})
		}
	}
}

// find is where a value shows.
func (m *sourceMap) find(ref place.Ref, value string) []place.Ref {
	of := owner{ref.Object, ref.Pos.File}
	near := m.wholes[of] // what was written because of what is nearest to the value
	found := -1          // how many steps out that is
	var best []part
	most := -1
	for path, out := ref.Path, 0; ; path, out = parent(path), out+1 {
		if parts := m.parts[site{of, path}]; len(parts) > 0 && found < 0 {
			near, found = parts, out
		}
		if same, n := m.same(site{of, path}, out, ref.Path, value); n > most {
			best, most = same, n
		}
		if path == "" {
			break
		}
	}
	if most < 0 || identifies(ref.Path) && found != 0 {
		return m.refs(near)
	}
	return m.refs(best)
}

// identifies reports whether a value tells which object it stands in: it shows in all
// that was written because of the object.
func identifies(path string) bool {
	return path == "apiVersion" || path == "kind" || path == "metadata.name" || path == "metadata.namespace"
}

// same are the scalars of the parts at a site that say a value which stands at a path
// so many steps below, those in the likest place, and how many keys and indices their
// places share with its own; -1 are none. Further out than the value's own list or map
// they need a key of the same name, and so do numbers and booleans, which stand for much,
// everywhere but at the value itself.
func (m *sourceMap) same(at site, steps int, path, value string) (out []part, most int) {
	most = -1
	if value == "" {
		return nil, most
	}
	least := 0
	if steps > 1 || steps > 0 && common(value) {
		least = 1
	}
	for _, p := range m.index(at)[value] {
		switch n := alike(p.path, path); {
		case n < least || n < most:
		case n > most:
			most, out = n, []part{p}
		default:
			out = append(out, p)
		}
	}
	return out, most
}

// index finds the scalars of the parts at a site by what they say.
func (m *sourceMap) index(at site) map[string][]part {
	known, ok := m.says[at]
	if ok {
		return known
	}
	known = map[string][]part{}
	m.says[at] = known
	var add func(p part)
	add = func(p part) {
		if p.Text != "" && p.path != "apiVersion" && p.path != "kind" {
			known[p.Text] = append(known[p.Text], p)
		}
		p.kids(add)
	}
	parts := m.parts[at]
	if at.path == "" {
		parts = m.wholes[at.owner]
	}
	for _, p := range parts {
		add(p)
	}
	return known
}

// common reports whether a scalar is a number or boolean, which fields of many meanings
// hold.
func common(value string) bool {
	_, err := strconv.ParseFloat(value, 64)
	return err == nil || value == "true" || value == "false"
}

// alike counts the keys and indices in which two paths end alike, whatever their case,
// since configuration entries and custom resources spell one field in two ways.
func alike(a, b string) int {
	n := 0
	for {
		i, j := last(a), last(b)
		if !strings.EqualFold(a[i:], b[j:]) || a == "" {
			return n
		}
		n++
		a, b = strings.TrimSuffix(a[:i], "."), strings.TrimSuffix(b[:j], ".")
	}
}

// last is where the last key or index of a path begins.
func last(path string) int {
	i := strings.LastIndexAny(path, ".[")
	if i >= 0 && path[i] == '[' {
		return i
	}
	return i + 1
}

// mostPlaces are listed of a value that shows in more.
const mostPlaces = 32

// refs are where parts stand, each once, and no manifest as a whole where a part of it
// is among them.
func (m *sourceMap) refs(parts []part) []place.Ref {
	inside := map[*manifest.Object]bool{}
	for _, p := range parts {
		inside[p.of] = inside[p.of] || p.path != ""
	}
	var out []place.Ref
	seen := map[*manifest.Node]bool{}
	for _, p := range parts {
		if len(out) == mostPlaces {
			break
		}
		if whole := p.path == "" && inside[p.of]; !whole && !seen[p.Node] {
			seen[p.Node] = true
			out = append(out, place.Ref{Object: title(p.of), Path: p.path, Pos: m.at(p.of, p.path)})
		}
	}
	return out
}

// title is what reports call a manifest: "VirtualService shop/cart".
func title(o *manifest.Object) string {
	return o.Kind + " " + strings.TrimPrefix(o.Namespace+"/"+o.Name, "/")
}
