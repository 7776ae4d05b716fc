package legal

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// logSides has the target write records of the traffic that it can, where it does not tell
// what is taken from what is sent. It begins with the last fact, so that one which turns off
// what nothing turns on any more changes nothing.
func (r *run) logSides() {
	for i := len(r.m.Logs) - 1; i >= 0; i-- {
		l, own := r.m.Logs[i], r.t.Log.Side
		why := r.t.Caps.Says(LogSide, l)
		if why == "" || l.Side == own {
			continue
		}
		if l.Side&own == 0 || len(l.To) == 0 && own&^l.Side != 0 || r.sideSaid(i) {
			r.dropLog(LogSide, i, why)
			continue
		}
		now, gone := *l, *l
		now.Side, gone.Side = own, l.Side&^own
		c := r.logChange(LogSide, l, r.relogged(i, &now))
		if own&^l.Side == 0 && r.saysNothing(i+1, &gone) {
			continue
		}
		c.Summary = objectOf(l.From) + " has proxies record " + own.String() + ", and not " + l.Side.String() + ": " + why
		c.Detail, c.Fix = "there are records that nobody asked for", "nothing, or leave them out where they are collected"
		if gone.Side != 0 {
			c.Detail, c.Fix = "what the workloads send is recorded where it is taken, if that has a proxy of the mesh", "accept it, or have the applications record what they send"
		}
		r.record(c)
	}
}

// sideSaid reports whether another fact for the same workloads says all that the target can
// of them, or will, since it is the one that has something recorded.
func (r *run) sideSaid(i int) bool {
	l := r.m.Logs[i]
	for j, x := range r.m.Logs {
		if j != i && (x.Side == r.t.Log.Side || j < i && len(x.To) > 0) && !r.logs.apart(x, l) && match.Equal(match.Simplify(x.Scope.Subject), match.Simplify(l.Scope.Subject)) {
			return true
		}
	}
	return false
}

// logPlaces says of single workloads what is said of scopes that the target has no word for.
func (r *run) logPlaces() {
	if r.t.Log.Places == nil {
		return
	}
	for i := 0; i < len(r.m.Logs); i++ {
		l := r.m.Logs[i]
		places, all := r.t.Log.Places(r.m, match.Simplify(l.Scope.Subject))
		if len(places) == 0 {
			r.dropLog(LogWorkloads, i, "the input shows no workload of these")
			i--
			continue
		}
		if all && len(places) == 1 && match.Equal(places[0], match.Simplify(l.Scope.Subject)) {
			continue
		}
		said := make([]*intent.AccessLog, len(places))
		for j, p := range places {
			said[j] = new(*l)
			said[j].Scope.Subject = p
		}
		c := r.logChange(LogWorkloads, l, r.relog(l, func(all []*intent.AccessLog) []*intent.AccessLog { return slices.Replace(all, i, i+1, said...) }))
		c.Summary = objectOf(l.From) + " has the workloads of the input record " + l.Side.String() + ", and no others"
		c.Detail, c.Fix = "others that it is about, or that come later, do not", r.t.Log.Rest
		if len(l.To) == 0 {
			c.Detail = "others that it is about do as more workloads do"
		}
		r.record(c)
		i += len(places) - 1
	}
}

// logsBeside drops what cannot be said beside the rest.
func (r *run) logsBeside() {
	if r.t.Log.Beside == nil {
		return
	}
	for i := len(r.m.Logs) - 1; i >= 0; i-- {
		if why := r.t.Log.Beside(r.m, r.m.Logs[:i], r.m.Logs[i]); why != "" {
			r.dropLog(LogWorkloads, i, why)
		}
	}
}

// relogged puts a fact in place of another.
func (r *run) relogged(i int, now *intent.AccessLog) logPair {
	return r.relog(now, func(all []*intent.AccessLog) []*intent.AccessLog { all[i] = now; return all })
}

// logSettings are what a target may have in its own way only, and how that is taken over.
var logSettings = []struct {
	f    Feature
	take func(s *intent.LogSink, own intent.LogSink)
}{
	{LogTo, func(s *intent.LogSink, own intent.LogSink) {
		if s.Named() {
			s.JSON, s.Format, s.Covers = own.JSON, own.Format, own.Covers
		}
		s.Provider, s.Path = own.Provider, own.Path
	}},
	{LogJSON, func(s *intent.LogSink, own intent.LogSink) { s.JSON, s.Format = own.JSON, own.Format }},
	{LogFormat, func(s *intent.LogSink, own intent.LogSink) { s.Format = own.Format }},
	{LogFilter, func(s *intent.LogSink, own intent.LogSink) { s.Filter = own.Filter }},
	{LogCover, func(s *intent.LogSink, own intent.LogSink) { s.Covers = own.Covers }},
}

// logSinks has records go where the target can have them go, in the form that it can.
func (r *run) logSinks() {
	if r.t.Log.Own == nil {
		return
	}
	own := r.t.Log.Own(r.m.Env)
	for i := range r.m.Logs {
		for j := range r.m.Logs[i].To {
			r.logSink(i, j, own)
		}
		r.oneSink(i)
	}
}

func (r *run) logSink(i, j int, own intent.LogSink) {
	l := r.m.Logs[i]
	said, was := l.To[j], l.To[j].Text()
	var of Feature
	var reasons []string
	for _, set := range logSettings {
		why, before := r.t.Caps.Says(set.f, &said), said.Text()
		if why == "" {
			continue
		}
		if set.take(&said, own); said.Text() != before {
			of, reasons = cmp.Or(of, set.f), append(reasons, why)
		}
	}
	now := *l
	now.To = slices.Clone(l.To)
	now.To[j] = said
	p := r.relogged(i, &now)
	if said.Text() == was {
		return
	}
	c := r.logChange(of, l, p)
	c.From = merge(l.To[j].From, l.From)
	c.Summary = "records of " + objectOf(l.From) + " are written in another way: " + strings.Join(reasons, ", and ")
	c.Detail, c.Fix = was+" before; "+said.Text()+" now", r.t.Log.Fix
	r.record(c)
}

// oneSink leaves one place for records where the target knows no more.
func (r *run) oneSink(i int) {
	l, now := r.m.Logs[i], *r.m.Logs[i]
	now.To = nil
	for _, s := range l.To {
		if !slices.ContainsFunc(now.To, func(x intent.LogSink) bool { return x.Text() == s.Text() }) {
			now.To = append(now.To, s)
		}
	}
	if r.m.Logs[i] = &now; len(now.To) < 2 {
		return
	}
	why := r.t.Caps.Says(LogSeveral, &now)
	if why == "" {
		return
	}
	one := now
	one.To = now.To[:1]
	c := r.logChange(LogSeveral, &now, r.relogged(i, &one))
	c.Fate, c.From = FateDropped, intent.Origin{}
	for _, s := range now.To[1:] {
		c.From = merge(c.From, s.From)
	}
	c.Summary = "records of " + objectOf(l.From) + " are written to one place: " + why
	c.Detail, c.Fix = intent.LogText(now.To[1:])+" they are written no more", "have what collects them send them on"
	r.record(c)
}
