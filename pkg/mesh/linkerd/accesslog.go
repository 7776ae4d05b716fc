package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// annotationLog says of a pod, or of the pods of a namespace, in which form its proxy
// records the requests that it takes.
// https://linkerd.io/2-edge/features/access-logging/
const annotationLog = config + "access-log"

// logForms are its values, by whether they are of JSON; "" records nothing.
var logForms = map[bool]string{false: "apache", true: "json"}

// record is the one way in which a proxy records requests: on its standard error, and of
// HTTP only, of what the workload takes.
// linkerd2-proxy linkerd/app/inbound/src/http/server.rs NewAccessLog
func record(json bool, from intent.Origin) intent.LogSink {
	return intent.LogSink{Path: intent.LogStderr, JSON: json, Covers: intent.LogRequests, From: from}
}

// logForm is how Linkerd records traffic.
var logForm = legal.LogForm{
	Own:    func(intent.Environment) intent.LogSink { return record(false, nil) },
	Side:   intent.LogServed,
	Places: logPlaces,
	Rest:   "set proxy.accessLog in the values of the installation, or annotate other namespaces by " + annotationLog,
	Fix:    "nothing, or see that what collects and reads the records knows these",
}

// logs lifts what proxies record: the annotation of a workload's pods, and then that of its
// namespace.
func (r *reader) logs() {
	inv := r.in.Inventory
	byLabels := slices.Clone(inv.Workloads)
	slices.SortStableFunc(byLabels, func(a, b *intent.Workload) int { return len(b.Labels) - len(a.Labels) })
	for _, w := range byLabels {
		if w.Kind != intent.MachineKind {
			r.log(w.Annotations, match.Conj(inNamespace(w.Name.Namespace), labelled(w.Labels)))
		}
	}
	for _, n := range inv.Namespaces {
		r.log(n.Annotations, inNamespace(n.Name))
	}
}

// log lifts the annotation of one object.
func (r *reader) log(annotations []intent.Pair, subject match.Expr) {
	i := slices.IndexFunc(annotations, func(p intent.Pair) bool { return p.Key == annotationLog })
	if i < 0 {
		return
	}
	p := annotations[i]
	l := &intent.AccessLog{Scope: intent.Scope{Subject: subject}, Side: intent.LogServed, From: p.From}
	switch p.Value {
	case logForms[false], logForms[true]:
		l.To = []intent.LogSink{record(p.Value == logForms[true], p.From)}
	case "":
	default:
		r.diags.Add(diag.InvalidValue, annotationLog+" "+p.Value+" is neither apache nor json, so that nothing is recorded", "correct it", p.From...)
	}
	r.m.Logs = append(r.m.Logs, l)
}

// logPlaces are the namespaces and workloads of the input that a scope covers: of all
// workloads the namespaces, and of some of a namespace each workload that the input shows.
func logPlaces(m *intent.Model, subject match.Expr) (places []match.Expr, all bool) {
	named := match.Demanded(subject, match.Namespace)
	switch {
	case named != "" && match.Equal(subject, inNamespace(named)):
		return []match.Expr{subject}, true
	case match.IsTrue(subject):
		for _, ns := range namespacesIn(m) {
			places = append(places, inNamespace(ns))
		}
		return places, false
	}
	done := map[string]bool{}
	for _, w := range m.Inventory.WorkloadsIn(named) {
		own := match.Conj(inNamespace(w.Name.Namespace), labelled(w.Labels))
		if key := match.Key(own); podTemplates[w.Kind].path != nil && covers(subject, w) && !done[key] {
			done[key] = true
			places = append(places, own)
		}
	}
	return places, len(places) == 1 && match.Equal(places[0], subject)
}

// namespacesIn are those of the input, and of what it has in them, sorted.
func namespacesIn(m *intent.Model) []string {
	var out []string
	for _, n := range m.Inventory.Namespaces {
		out = append(out, n.Name)
	}
	for _, w := range m.Inventory.Workloads {
		out = append(out, w.Name.Namespace)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// covers reports whether a scope is of a workload.
func covers(subject match.Expr, w *intent.Workload) bool {
	return match.EvalOf(subject, func(f match.Field, key string) (string, bool) {
		switch f {
		case match.Namespace:
			return w.Name.Namespace, true
		case match.Label:
			return intent.Lookup(w.Labels, key)
		}
		return "", false
	})
}

// annotatable says why some workloads cannot be told what to record.
func annotatable(p intent.Part) string {
	l, ok := p.(*intent.AccessLog)
	if !ok {
		return ""
	}
	subject := match.Simplify(l.Scope.Subject)
	if match.Demanded(subject, match.Namespace) == "" {
		return "a namespace or a workload is annotated, and the input has none"
	}
	other := false
	match.Atoms(subject, func(a match.Atom, negated bool) {
		other = other || negated || a.Op != match.Exact || a.Field != match.Namespace && a.Field != match.Label
	})
	if other {
		return "a namespace or a workload is annotated"
	}
	return ""
}

func takenOnly(p intent.Part) string {
	if l, ok := p.(*intent.AccessLog); ok && l.Side != intent.LogServed {
		return "a proxy records the requests that it takes"
	}
	return ""
}

func toStderr(p intent.Part) string {
	if s, ok := p.(*intent.LogSink); ok && s.Path != intent.LogStderr {
		return "a proxy records to its standard error"
	}
	return ""
}

func ownLogFormat(p intent.Part) string {
	if s, ok := p.(*intent.LogSink); ok && s.Format != "" {
		return "records are in the forms apache or json"
	}
	return ""
}

func requestsOnly(p intent.Part) string {
	if s, ok := p.(*intent.LogSink); ok && s.Covers != intent.LogRequests {
		return "a proxy records requests of HTTP only"
	}
	return ""
}
