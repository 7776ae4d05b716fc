package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// served is what one PeerAuthentication says: the mode of a set of workloads and
// of some of their ports.
type served struct {
	home    *intent.Home
	subject match.Expr
	mode    *intent.Transport
	ports   []portMode
	from    intent.Origin
}

// portMode is the mode of one port.
type portMode struct {
	port string
	fact *intent.Transport
}

// peerAuthentications prints how connections are accepted.
func (w *writer) peerAuthentications() {
	var all []*served
	byKey := map[string]*served{}
	for _, t := range w.m.Transport {
		if t.Side != intent.Served || t.From.Defaulted() {
			continue
		}
		subject, port, ok := portOf(t.Scope.Subject)
		if !ok {
			panic("istio: a scope that no policy selects: " + match.String(t.Scope.Subject))
		}
		s := byKey[match.Key(subject)]
		if s == nil {
			s = &served{home: t.Home, subject: subject}
			byKey[match.Key(subject)] = s
			all = append(all, s)
		}
		s.from = append(s.from, t.From...)
		switch {
		case port != "" && !slices.ContainsFunc(s.ports, func(p portMode) bool { return p.port == port }):
			s.ports = append(s.ports, portMode{port, t})
		case port == "" && s.mode == nil:
			s.mode = t
		}
	}
	for _, s := range all {
		w.add(w.peerAuthentication(s))
	}
}

// portOf parts a scope into the workloads and a port; port is "" for all.
func portOf(subject match.Expr) (rest match.Expr, port string, ok bool) {
	and, isAnd := match.Simplify(subject).(match.And)
	if !isAnd {
		and = match.And{subject}
	}
	var others []match.Expr
	for _, e := range and {
		a, isAtom := e.(match.Atom)
		switch {
		case !isAtom || a.Field != match.Port:
			others = append(others, e)
		case a.Op != match.Exact || port != "":
			return nil, "", false
		default:
			port = a.Value
		}
	}
	rest = match.Conj(others...)
	_, _, ok = selected(rest)
	return rest, port, ok
}

func (w *writer) peerAuthentication(s *served) *manifest.Object {
	m := w.policyObject("PeerAuthentication", s.home, s.subject, "mtls")
	m.From = append(m.From, s.from...)
	spec := writeSelector(s.subject)
	if s.mode != nil {
		spec.Set("mtls", writeMode(s.mode))
	}
	slices.SortFunc(s.ports, func(a, b portMode) int { return strings.Compare(a.port, b.port) })
	ports := manifest.Map()
	for _, p := range s.ports {
		ports.Set(p.port, writeMode(p.fact))
	}
	if len(ports.Kids) > 0 {
		spec.Set("portLevelMtls", ports)
	}
	m.Root.Set("spec", spec)
	return m
}

func writeMode(t *intent.Transport) *manifest.Node {
	return manifest.Map().Because(t.From...).Set("mode", manifest.Str(word(serverModes, t.Mode)))
}
