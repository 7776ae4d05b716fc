package istio

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// logForm is how Istio records traffic: by the provider that is always there, in the form
// that MeshConfig has.
var logForm = legal.LogForm{
	Own: func(env intent.Environment) intent.LogSink {
		s := builtin(env.Istio.Logs).Sink
		s.Covers = covered(env.Istio.Logs)
		return s
	},
	Beside: logsBeside,
	Rest:   "have the workloads recorded by a Telemetry",
	Fix:    "add a provider to extensionProviders of MeshConfig that says so, and name it in the Telemetry",
}

// telemetries prints what proxies record, one Telemetry for each set of workloads; what
// MeshConfig says needs none.
func (w *writer) telemetries() {
	objects := map[string]*manifest.Node{}
	for _, l := range w.m.Logs {
		if w.isVerbatim("Telemetry", l.Home) || fromMesh(l.From) {
			continue
		}
		key := match.Key(l.Scope.Subject)
		if objects[key] == nil {
			objects[key] = w.telemetry(l)
		}
		for _, e := range entriesFor(l) {
			objects[key].Append(e)
		}
	}
}

// fromMesh reports whether MeshConfig says something by itself.
func fromMesh(o intent.Origin) bool {
	return len(o) > 0 && !slices.ContainsFunc(o, func(r place.Ref) bool { return r.Object != meshLogFile.Object })
}

// telemetry begins an object, and gives its list of entries.
func (w *writer) telemetry(l *intent.AccessLog) *manifest.Node {
	namespaces, labels := ofSubject(l.Scope.Subject)
	home := intent.Home{Name: "access-logs", Namespace: cmp.Or(append(namespaces, w.m.Env.Istio.RootNamespace)...)}
	if l.Home != nil {
		home.Labels, home.Annotations, home.Comment = l.Home.Labels, l.Home.Annotations, l.Home.Comment
	}
	selector := manifest.Map()
	for _, a := range labels {
		selector.Set(a.Key, manifest.Str(a.Value).Because(refsOf(a.Place())...))
		home.Name = strings.Trim("access-logs-"+a.Value, "-")
	}
	o := w.object(groupTelemetry, "Telemetry", &home, "logs")
	o.From = append(o.From, l.From...)
	spec := manifest.Map()
	if len(labels) > 0 {
		spec.Set("selector", manifest.Map().Set("matchLabels", selector))
	}
	entries := manifest.List()
	o.Root.Set("spec", spec.Set("accessLogging", entries))
	w.add(o)
	return entries
}

// ofSubject are the namespaces and labels that a scope of workloads demands.
func ofSubject(e match.Expr) (namespaces []string, labels []match.Atom) {
	match.Atoms(e, func(a match.Atom, _ bool) {
		if a.Field == match.Namespace {
			namespaces = append(namespaces, a.Value)
		} else {
			labels = append(labels, a)
		}
	})
	slices.SortFunc(labels, func(a, b match.Atom) int { return strings.Compare(a.Key, b.Key) })
	return namespaces, labels
}

// entriesFor are the entries of one fact. Each names its provider, so that none counts that a
// wider Telemetry names; and to record nothing is to turn off the one that is always there.
func entriesFor(l *intent.AccessLog) []*manifest.Node {
	begin := func(provider string, from intent.Origin) *manifest.Node {
		n := manifest.Map().Because(from...)
		if l.Side != intent.LogBoth {
			mode := "SERVER"
			if l.Side == intent.LogSent {
				mode = "CLIENT"
			}
			n.Set("match", manifest.Map().Set("mode", manifest.Str(mode)))
		}
		return n.Set("providers", manifest.List().Append(manifest.Map().Set("name", manifest.Str(provider))))
	}
	if len(l.To) == 0 {
		return []*manifest.Node{begin(builtinProvider, l.From).Set("disabled", manifest.Bool(true))}
	}
	var out []*manifest.Node
	for _, s := range l.To {
		n := begin(cmp.Or(s.Provider, builtinProvider), append(slices.Clone(l.From), s.From...))
		if s.Filter != "" {
			n.Set("filter", manifest.Map().Set("expression", manifest.Str(s.Filter)))
		}
		out = append(out, n)
	}
	return out
}

// logged says why the records of some workloads cannot be asked for.
func logged(p intent.Part) string {
	l, ok := p.(*intent.AccessLog)
	if !ok {
		return ""
	}
	subject, namespaces := match.Simplify(l.Scope.Subject), 0
	all, _ := subject.(match.And)
	if a, one := subject.(match.Atom); one {
		all = match.And{a}
	}
	for _, x := range all {
		a, isAtom := x.(match.Atom)
		switch {
		case isAtom && a.Op == match.Exact && a.Field == match.Namespace:
			namespaces++
		case isAtom && a.Op == match.Exact && a.Field == match.Label:
		default:
			return "a Telemetry is for workloads of a namespace by labels"
		}
	}
	if !match.IsTrue(subject) && namespaces != 1 {
		return "a Telemetry is for workloads of one namespace"
	}
	return ""
}

// logsBeside says why a fact cannot be said: for the root namespace alone, and beside one for
// the same workloads by other labels, since all Telemetries that select one count.
func logsBeside(m *intent.Model, said []*intent.AccessLog, l *intent.AccessLog) string {
	namespaces, labels := ofSubject(l.Scope.Subject)
	if slices.Contains(namespaces, m.Env.Istio.RootNamespace) && len(labels) == 0 {
		return "a Telemetry of the root namespace is for all namespaces"
	}
	for _, x := range said {
		_, also := ofSubject(x.Scope.Subject)
		if len(labels)*len(also) > 0 && !match.Equal(x.Scope.Subject, l.Scope.Subject) && x.Side&l.Side != 0 && match.Meet(x.Scope.Subject, l.Scope.Subject) && intent.LogText(x.To) != intent.LogText(l.To) {
			return "all Telemetries that select a workload count, and another one does"
		}
	}
	return ""
}

func toOutput(p intent.Part) string {
	if s, ok := p.(*intent.LogSink); ok && s.Path != intent.LogStdout {
		return "other providers than the proxy's output are those of MeshConfig, which is no manifest"
	}
	return ""
}

func ownLogFormat(p intent.Part) string {
	if s, ok := p.(*intent.LogSink); ok && s.Format != "" {
		return "a format is that of a provider of MeshConfig, which is no manifest"
	}
	return ""
}

func coversAll(p intent.Part) string {
	if s, ok := p.(*intent.LogSink); ok && s.Covers != intent.LogRefused {
		return "connections without a route are recorded where others are"
	}
	return ""
}
