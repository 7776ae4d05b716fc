package legal

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// LogForm is how the target writes records of traffic where it can do so in one way only.
type LogForm struct {
	// Own is that way in an environment; nil is that it writes none.
	Own func(intent.Environment) intent.LogSink
	// Side is of which traffic there are records; 0 is of each side as asked.
	Side intent.LogSide
	// Places are the workloads of a model that can be told to write records, in place
	// of a scope, and whether they are all of it. nil is the scope itself.
	Places func(m *intent.Model, subject match.Expr) (places []match.Expr, all bool)
	// Beside says why a fact, which can be said, cannot be so beside others; "" is that it
	// can. nil is always.
	Beside func(m *intent.Model, said []*intent.AccessLog, l *intent.AccessLog) string
	// Rest is what to do about workloads that cannot be told so, and Fix about where
	// records go, and their form; as advice.
	Rest, Fix string
}

// logs says in the target's way what is recorded. Records that cannot be told apart are
// all written, since one more loses nothing of what somebody may have to answer for; but
// none of workloads of which nobody asked for any.
func logs(r *run) {
	if len(r.m.Logs) == 0 || r.o.From == r.t.Mesh {
		return
	}
	r.logs = logDemands{}
	r.unlogged(func(l *intent.AccessLog) (Feature, string) { return Logs, r.t.Caps.Says(Logs, l) })
	ofSome := func(l *intent.AccessLog) (Feature, string) { return LogWorkloads, r.t.Caps.Says(LogWorkloads, l) }
	if r.t.Log.Places == nil {
		r.unlogged(ofSome)
	}
	r.logSides()
	r.logSinks()
	r.logPlaces()
	r.unlogged(ofSome)
	r.logsBeside()
	r.logsAnyway()
}

// unlogged drops what cannot be said, the last first, so that each change is of what is lost
// with it.
func (r *run) unlogged(cannot func(*intent.AccessLog) (Feature, string)) {
	for i := len(r.m.Logs) - 1; i >= 0; i-- {
		if f, why := cannot(r.m.Logs[i]); why != "" {
			r.dropLog(f, i, why)
		}
	}
}

// dropLog takes one fact out.
func (r *run) dropLog(f Feature, i int, why string) {
	l := r.m.Logs[i]
	c := r.logChange(f, l, r.relog(l, func(all []*intent.AccessLog) []*intent.AccessLog { return slices.Delete(all, i, i+1) }))
	c.Code, c.Fate = diag.Dropped, FateDropped
	c.Summary = objectOf(l.From) + " is not written, by which proxies record " + l.Side.String() + " " + intent.LogText(l.To) + ": " + why
	c.Detail, c.Fix = "these records are lost to who has to tell later who did what", cmp.Or(r.t.Log.Rest, r.t.Nearest[intent.Reports], "have the applications write them")
	if later := r.laterLogs(i, l); later != nil {
		c.Detail = "what " + objectOf(later.From) + " says holds for these workloads, too: it records " + intent.LogText(later.To)
	}
	if len(l.To) == 0 {
		c.Fix = "leave these records out where they are collected"
	}
	if r.saysNothing(i, l) {
		c.Drift, c.Detail, c.Fix = intent.Same, "nothing is recorded without it either", "nothing"
	}
	r.record(c)
}

// saysNothing reports whether a fact that stood at a place lets nothing be recorded, and no
// later one lets more.
func (r *run) saysNothing(i int, l *intent.AccessLog) bool {
	return len(l.To) == 0 && r.laterLogs(i, l) == nil
}

// laterLogs is a fact from a place on that has something of what a fact is about recorded; nil
// is none.
func (r *run) laterLogs(i int, l *intent.AccessLog) *intent.AccessLog {
	at := slices.IndexFunc(r.m.Logs[i:], func(x *intent.AccessLog) bool {
		return len(x.To) > 0 && x.Side&l.Side != 0 && !r.logs.apart(x, l) && meet(x.Scope.Subject, l.Scope.Subject)
	})
	if at < 0 {
		return nil
	}
	return r.m.Logs[i+at]
}

// logsAnyway takes out what says nothing.
func (r *run) logsAnyway() {
	for i := len(r.m.Logs) - 1; i >= 0; i-- {
		if l := r.m.Logs[i]; r.saysNothing(i+1, l) {
			r.dropLog(Logs, i, "it says what holds anyway")
		}
	}
}

// logPair is the facts before and after a step.
type logPair struct{ before, after *intent.Model }

// relog replaces the facts by those that a step, which is about one of them, makes of a copy of
// them.
func (r *run) relog(l *intent.AccessLog, step func([]*intent.AccessLog) []*intent.AccessLog) logPair {
	p := logPair{r.fragment(), r.fragment()}
	p.before.Logs = r.logs.near(r.m.Logs, l)
	r.m.Logs = step(slices.Clone(r.m.Logs))
	p.after.Logs = r.logs.near(r.m.Logs, l)
	return p
}

func (r *run) logChange(f Feature, l *intent.AccessLog, p logPair) Change {
	return Change{
		Pass: "logs", Feature: f, Code: diag.Approximated, Drift: intent.Other, Aspect: intent.Auditing, Fate: FateDrifted, From: logRefs(l), Before: p.before, After: p.after,
	}
}

// logRefs is where all that a fact says is said.
func logRefs(l *intent.AccessLog) intent.Origin {
	out := merge(l.From, atomRefs(l.Scope.Subject))
	for _, s := range l.To {
		out = merge(out, s.From)
	}
	return out
}

// verifyLogs finds records that the target cannot write.
func verifyLogs(m *intent.Model, t Target, fail failure) {
	kept := Kept(m, t.Mesh)
	for _, l := range m.Logs {
		if kept.all(l.From) || l.From.Defaulted() {
			continue
		}
		for _, f := range []Feature{Logs, LogWorkloads} {
			fail(string(f), l.From, t.Caps.Says(f, l))
		}
		if t.Log.Side != 0 && l.Side != t.Log.Side {
			fail(string(LogSide), l.From, t.Caps.Says(LogSide, l))
		}
		if len(l.To) > 1 {
			fail(string(LogSeveral), l.From, t.Caps.Says(LogSeveral, l))
		}
	}
}
