package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// telemetry is one object that is for sidecars.
type telemetry struct {
	object  *source.Object
	home    *intent.Home
	labels  match.Expr // True for all workloads of the namespace
	entries []logEntry
}

// wide reports whether it is for all workloads of its namespace.
func (t *telemetry) wide() bool { return match.IsTrue(t.labels) }

// telemetries lifts what Telemetries and MeshConfig have proxies record. Of a workload, what
// the root namespace says counts, then its namespace, then those of its namespace that select
// it, each on top of those before. Of several for one namespace the oldest counts. A Telemetry
// with a selector is for its own namespace, even in the root namespace.
// pilot/pkg/model/telemetry.go applicableTelemetries
func (r *reader) telemetries(objs []*source.Object) {
	all := map[string][]*telemetry{}
	root := r.in.Env.Istio.RootNamespace
	namespaces := []string{root}
	for _, o := range byAge(objs) {
		t := r.telemetry(o)
		if t == nil || t.wide() && r.secondTelemetry(all[o.Namespace], t) {
			continue
		}
		if !slices.Contains(namespaces, o.Namespace) {
			namespaces = append(namespaces, o.Namespace)
		}
		all[o.Namespace] = append(all[o.Namespace], t)
	}
	slices.Sort(namespaces[1:])
	base := levelsOf(widest(all[root]))
	var wide []*intent.AccessLog
	for _, ns := range namespaces {
		levels := base
		if own := widest(all[ns]); own != nil && ns != root {
			wide = append(wide, r.recorded(base, ns, own)...)
			levels = slices.Concat(base, levelsOf(own))
		}
		r.m.Logs = append(r.m.Logs, r.selected(levels, ns, all[ns])...)
	}
	r.m.Logs = append(r.m.Logs, wide...)
	if own := widest(all[root]); own != nil {
		r.m.Logs = append(r.m.Logs, r.recorded(nil, "", own)...)
	}
	if said := r.m.Logs; len(said) == 0 || said[len(said)-1].Side != intent.LogBoth || !match.IsTrue(said[len(said)-1].Scope.Subject) {
		r.m.Logs = append(said, meshLogs(r.in.Env.Istio.Logs)...)
	}
}

// telemetry reads one object; nil is one that says nothing of what sidecars record.
func (r *reader) telemetry(o *source.Object) *telemetry {
	spec := o.Root.Get("spec")
	for _, key := range []string{"targetRefs", "targetRef"} {
		if spec.GetNull(key) != nil {
			r.opaque(o, "Telemetry")
			return nil
		}
	}
	t := &telemetry{object: o, home: r.home(o), labels: labelsExpr(spec.Get("selector").Get("matchLabels"))}
	if entries := spec.GetNull("accessLogging"); (entries == nil || entries.IsEmpty()) && (spec.GetNull("tracing") != nil || spec.GetNull("metrics") != nil) {
		r.opaque(o, "Telemetry")
		return t
	}
	spec.Kind()
	spec.Get("selector").Kind()
	checkSelector(spec.Get("selector").Get("matchLabels"))
	t.entries = r.logEntries(spec.Get("accessLogging"))
	for _, p := range parts["Telemetry"][1:] {
		if n := spec.GetNull(p[0]); n != nil {
			r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
				Home: t.home, Mesh: Name, Kind: o.Kind, At: n.Ref(), Whole: o, Running: true, Purpose: intent.Reports, Why: kindsKept[o.Kind].why + ": " + p[1], From: intent.From(n.Ref()),
			})
		}
	}
	r.keepHeld(o, t.home, "it says what proxies record")
	if len(t.entries) == 0 {
		const why = "it says nothing of what proxies report"
		o.Root.Inert(why)
		r.add(diag.Inert, o.Ref().Object+" has no effect: "+why, "have it say something, or remove it", o.Ref())
	}
	return t
}

// secondTelemetry reports whether another one is for the namespace already, which is older.
func (r *reader) secondTelemetry(before []*telemetry, t *telemetry) bool {
	i := slices.IndexFunc(before, (*telemetry).wide)
	if i < 0 {
		return false
	}
	first := before[i]
	if ageUnknown(first.object, t.object) {
		r.add(diag.OrderUnknown, "two Telemetries are for all of namespace "+t.object.Namespace+", of which the older one counts, and their age is not known", "remove one of them", t.object.Ref(), first.object.Ref())
	} else {
		r.add(diag.Shadowed, t.object.Ref().Object+" has no effect: "+first.object.Ref().Object+" is older", "remove one of them", t.object.Ref(), first.object.Ref())
	}
	t.object.Root.Inert("an older Telemetry is for the namespace")
	return true
}

// widest is the one that is for a whole namespace; nil is none.
func widest(all []*telemetry) *telemetry {
	if i := slices.IndexFunc(all, (*telemetry).wide); i >= 0 {
		return all[i]
	}
	return nil
}

// levelsOf are the entries of an object as those of one level; none where it has none.
func levelsOf(all ...*telemetry) [][]logEntry {
	var out [][]logEntry
	for _, t := range all {
		if t != nil && len(t.entries) > 0 {
			out = append(out, t.entries)
		}
	}
	return out
}

// selected are the facts for workloads that labels select: first those that more Telemetries
// select, since all of them count.
func (r *reader) selected(levels [][]logEntry, namespace string, all []*telemetry) []*intent.AccessLog {
	var sets [][]*telemetry
	for _, t := range all {
		if t.wide() || len(t.entries) == 0 {
			continue
		}
		for _, s := range slices.Clone(sets) {
			if match.Meet(labelsTogether(s...), t.labels) && len(sets) < mostTogether {
				sets = append(sets, append(slices.Clone(s), t))
			}
		}
		sets = append(sets, []*telemetry{t})
	}
	slices.SortStableFunc(sets, func(a, b []*telemetry) int { return len(b) - len(a) })
	var out []*intent.AccessLog
	for _, s := range sets {
		out = append(out, r.recorded(levels, namespace, s...)...)
	}
	return out
}

// mostTogether bounds the sets of Telemetries of a namespace that may select one workload.
const mostTogether = 256

func labelsTogether(all ...*telemetry) match.Expr {
	var out []match.Expr
	for _, t := range all {
		out = append(out, t.labels)
	}
	return match.Conj(out...)
}

// recorded are the facts of objects of one level above which there are others: one for
// both sides where they come to the same. A side of which they say nothing is left to
// those above, unless it is the default providers, which hold where nobody says anything.
func (r *reader) recorded(above [][]logEntry, namespace string, by ...*telemetry) []*intent.AccessLog {
	own := levelsOf(by...)
	if len(own) == 0 {
		return nil
	}
	subject, env := labelsTogether(by...), r.in.Env.Istio.Logs
	if namespace != "" {
		subject = match.Conj(match.Atom{Field: match.Namespace, Value: namespace}, subject)
	}
	var out []*intent.AccessLog
	changes := false
	for _, side := range []intent.LogSide{intent.LogServed, intent.LogSent} {
		to, decided := sinks(env, slices.Concat(above, own), side)
		before, _ := sinks(env, above, side)
		other := intent.LogText(to) != intent.LogText(before)
		changes = changes || decided || other
		l := &intent.AccessLog{Home: by[len(by)-1].home, Scope: intent.Scope{Subject: subject}, Side: side, To: to}
		switch l.From = entriesOf(own, side); {
		case len(l.From) > 0:
			out = append(out, l)
		case other:
			l.From = entriesOf(own, intent.LogBoth)
			out = append(out, l)
		}
	}
	if !changes && len(by) == 1 {
		r.namesNobody(by[0])
		return nil
	}
	if len(out) < 2 || intent.LogText(out[0].To) != intent.LogText(out[1].To) {
		return out
	}
	out[0].Side = intent.LogBoth
	for _, ref := range out[1].From {
		if !slices.Contains(out[0].From, ref) {
			out[0].From = append(out[0].From, ref)
		}
	}
	return out[:1]
}

// namesNobody tells of an object that has no effect since it names no provider that is there, or
// turns off none: what MeshConfig has recorded is so still.
func (r *reader) namesNobody(t *telemetry) {
	const why = "it names no provider that is there, so that MeshConfig says what is recorded"
	fix := "name the provider envoy, or one of extensionProviders"
	if slices.ContainsFunc(t.entries, func(e logEntry) bool { return e.disabled }) {
		fix = "name the provider envoy beside disabled: without a provider nothing is turned off"
	}
	t.object.Root.Inert(why)
	r.add(diag.Inert, t.object.Ref().Object+" has no effect: "+why, fix, t.object.Ref())
}

// entriesOf is where entries stand that are about a side.
func entriesOf(levels [][]logEntry, side intent.LogSide) (out intent.Origin) {
	for _, e := range slices.Concat(levels...) {
		if e.side&side != 0 {
			out = append(out, e.from...)
		}
	}
	return out
}

// meshLogs is what MeshConfig says of workloads of which no Telemetry speaks.
func meshLogs(l intent.IstioLogs) []*intent.AccessLog {
	to, _ := sinks(l, nil, intent.LogBoth)
	if len(to) == 0 {
		return nil
	}
	return []*intent.AccessLog{{Side: intent.LogBoth, To: to, From: intent.From(to[0].From[0])}}
}
