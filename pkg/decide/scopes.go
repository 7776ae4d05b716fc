package decide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// scopes numbers the different subject scopes of several models, so that it is
// decided once for all of them which cover a workload. Scopes that name one
// namespace are looked at only there, and those that name one Service only at it where
// a workload is of one.
type scopes struct {
	index map[string]int
	exprs []match.Expr
	home  []string // of a scope: the one place that it is about, or ""
	open  []int    // scopes without one
	in    map[string][]int
	// oneService says that no workload is of two Services; shown are those of the input.
	oneService bool
	shown      *intent.Inventory
}

func (c *comparison) newScopes() *scopes {
	return &scopes{index: map[string]int{}, in: map[string][]int{}, oneService: c.a.Inventory.OneService || c.b.Inventory.OneService, shown: &c.a.Inventory}
}

func (s *scopes) add(e match.Expr) int {
	e = match.Map(match.Simplify(e), inOwnNamespace)
	var room [512]byte
	k := match.AppendKey(room[:0], e)
	i, ok := s.index[string(k)]
	if ok {
		return i
	}
	i = len(s.exprs)
	at := s.homeOf(e)
	s.index[string(k)], s.exprs, s.home = i, append(s.exprs, e), append(s.home, at)
	if at == "" {
		s.open = append(s.open, i)
	} else {
		s.in[at] = append(s.in[at], i)
	}
	return i
}

// homeOf is the one place that a scope is about, or "".
func (s *scopes) homeOf(e match.Expr) string {
	ns := match.Demanded(e, match.Namespace)
	if ns != "" && s.oneService {
		return namespace{name: ns, service: match.Demanded(e, match.Service)}.key()
	}
	return ns
}

// inOwnNamespace says of a Service where its workloads are: in its namespace.
func inOwnNamespace(a match.Atom) match.Expr {
	ns, _, named := strings.Cut(a.Value, "/")
	if a.Field != match.Service || a.Op != match.Exact || a.Fold || !named {
		return nil
	}
	return match.Conj(match.Atom{Field: match.Namespace, Value: ns}, a)
}

// addSubject makes conditions on the workload part of what tells subjects apart.
func (s *scopes) addSubject(e match.Expr) {
	match.Atoms(e, func(a match.Atom, _ bool) {
		if a.Field.Subject() {
			s.add(a)
		}
	})
}

// namespace is a namespace that some scope names, or any other; and of it, where
// workloads are of one Service, those of a Service that some scope names, or all
// others.
type namespace struct {
	name  string
	other bool
	// service is "namespace/name"; "" is none that is named.
	service string
}

// key is that of the scopes which are looked at only there.
func (n namespace) key() string {
	if n.service == "" {
		return n.name
	}
	return n.name + " " + n.service
}

func (n namespace) String() string {
	if n.other {
		return "any other namespace"
	}
	return n.name
}

// namespaces cuts the namespaces by the scopes.
func (s *scopes) namespaces() []namespace {
	var atoms []match.Atom
	named := map[string]bool{}
	for _, e := range s.exprs {
		match.Atoms(e, func(a match.Atom, _ bool) {
			if a.Field == match.Namespace {
				atoms = append(atoms, a)
				named[a.Value] = true
			}
		})
	}
	if len(atoms) == 0 {
		return []namespace{{name: "any", other: true}}
	}
	var out []namespace
	seen := map[string]bool{}
	for _, a := range atoms {
		if !seen[a.Value] {
			seen[a.Value] = true
			out = append(out, namespace{name: a.Value})
		}
	}
	out = append(out, s.services()...)
	slices.SortFunc(out, func(a, b namespace) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.service, b.service))
	})
	other := "elsewhere"
	for named[other] {
		other += "-x"
	}
	return append(out, namespace{name: other, other: true})
}

// services are the Services that scopes name, where a workload is of one.
func (s *scopes) services() []namespace {
	if !s.oneService {
		return nil
	}
	var out []namespace
	seen := map[string]bool{}
	for _, e := range s.exprs {
		match.Atoms(e, func(a match.Atom, _ bool) {
			ns, _, named := strings.Cut(a.Value, "/")
			if a.Field == match.Service && a.Op == match.Exact && named && !seen[a.Value] {
				seen[a.Value] = true
				out = append(out, namespace{name: ns, service: a.Value})
			}
		})
	}
	return out
}

// local are the scopes that may hold in a namespace, as they read there.
type local struct {
	numbers []int
	exprs   []match.Expr
}

func (s *scopes) within(ns namespace) local {
	l := local{numbers: s.open}
	if !ns.other {
		l.numbers = merged(s.open, s.in[ns.name])
	}
	if ns.service != "" {
		l.numbers = merged(l.numbers, s.in[ns.key()])
	}
	for _, i := range l.numbers {
		e := match.Restrict(s.exprs[i], match.Namespace, "", ns.name, true)
		if s.oneService {
			e = s.asRegistered(e, ns)
		}
		l.exprs = append(l.exprs, e)
	}
	return l
}

// asRegistered is a scope for the workloads of one Service, or of none that is named: they have
// the labels by which it selects them, and none by which only others do.
func (s *scopes) asRegistered(e match.Expr, at namespace) match.Expr {
	e = match.Restrict(e, match.Service, "", at.service, at.service != "")
	_, name, _ := strings.Cut(at.service, "/")
	if own := s.shown.Service(intent.Name{Namespace: at.name, Name: name}); own != nil {
		for _, l := range own.Selector {
			e = match.Restrict(e, match.Label, l.Key, l.Value, true)
		}
	}
	return s.notOfOthers(e, at)
}

// notOfOthers takes the workloads of one Service to have no label by which alone another one
// of the input selects its own, unless pods of the first are seen to have it: a pod of
// several services has a proxy for each.
func (s *scopes) notOfOthers(e match.Expr, at namespace) match.Expr {
	if at.service == "" {
		return e
	}
	return match.Map(e, func(a match.Atom) match.Expr {
		selects := func(o *intent.Service) bool {
			return len(o.Selector) == 1 && o.Name.String() != at.service && o.Selector[0].Key == a.Key && o.Selector[0].Value == a.Value
		}
		if a.Field == match.Label && a.Op == match.Exact && !a.Fold && slices.ContainsFunc(s.shown.ServicesIn(at.name), selects) && !s.ofOwn(a, at) {
			return match.False
		}
		return nil
	})
}

// ofOwn reports whether pods of a Service are seen to have a label: it selects them by it,
// or a workload of the input has it that the Service selects too.
func (s *scopes) ofOwn(label match.Atom, at namespace) bool {
	for _, o := range s.shown.ServicesIn(at.name) {
		if o.Name.String() != at.service {
			continue
		}
		if v, asked := intent.Lookup(o.Selector, label.Key); asked {
			return v == label.Value
		}
		return slices.ContainsFunc(s.shown.WorkloadsIn(at.name), func(w *intent.Workload) bool {
			v, has := intent.Lookup(w.Labels, label.Key)
			return has && v == label.Value && o.Selects(w.Labels)
		})
	}
	return false
}

// merged merges two ascending lists.
func merged(a, b []int) []int {
	if len(a) == 0 || len(b) == 0 {
		return slices.Concat(a, b)
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return out
}
