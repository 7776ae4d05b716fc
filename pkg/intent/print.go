package intent

import (
	"fmt"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// Print writes a model for people, one fact a line, tables with their rules
// indented. It leaves out origins, homes and the inventory. Two models that
// print alike mean the same; the reverse does not hold.
func Print(m *Model) string {
	var p printer
	p.each(len(m.Entries), func(i int) { p.entry(m.Entries[i]) })
	p.each(len(m.Routing), func(i int) { p.routing(m.Routing[i]) })
	p.each(len(m.External), func(i int) { p.external(m.External[i]) })
	p.each(len(m.Egress), func(i int) { p.egress(m.Egress[i]) })
	p.each(len(m.Visible), func(i int) { p.visibility(m.Visible[i]) })
	p.each(len(m.Machines), func(i int) { p.machine(m.Machines[i], m.Env.TrustDomain) })
	p.each(len(m.Exports), func(i int) { p.export(m.Exports[i]) })
	p.each(len(m.Transport), func(i int) { p.transport(m.Transport[i]) })
	p.each(len(m.Upstream), func(i int) { p.upstream(m.Upstream[i]) })
	p.each(len(m.Intake), func(i int) { p.intake(m.Intake[i]) })
	p.each(len(m.Tokens), func(i int) { p.tokens(m.Tokens[i]) })
	p.each(len(m.Rates), func(i int) { p.rate(m.Rates[i]) })
	p.each(len(m.Logs), func(i int) { p.accessLog(m.Logs[i]) })
	p.each(len(m.Access), func(i int) { p.access(m.Access[i]) })
	p.each(len(m.Default), func(i int) { p.def(m.Default[i]) })
	p.each(len(m.Leaves), func(i int) { p.line("leaf", m.Leaves[i].Name.String(), pairsText(m.Leaves[i].Selector)) })
	p.each(len(m.Opaque), func(i int) { p.opaque(m.Opaque[i]) })
	return p.String()
}

type printer struct {
	strings.Builder
	indent string
}

func (p *printer) each(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

// line prints the words that are not empty.
func (p *printer) line(words ...string) {
	p.WriteString(p.indent)
	first := true
	for _, w := range words {
		if w == "" {
			continue
		}
		if !first {
			p.WriteByte(' ')
		}
		first = false
		p.WriteString(w)
	}
	p.WriteByte('\n')
}

// where prints a labelled predicate; "" where it always holds.
func where(label string, e match.Expr) string {
	if match.IsTrue(e) {
		return ""
	}
	return label + " " + match.String(e)
}

func number(label string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s %d", label, n)
}

func (p *printer) nested(f func()) {
	p.indent += "  "
	f()
	p.indent = p.indent[2:]
}

func (p *printer) opaque(o *Opaque) {
	if o.Note != nil {
		p.line("noted for", o.Mesh, fmt.Sprint(o.Note))
		return
	}
	p.line("opaque", o.Mesh, o.Kind, o.At.Object)
}

func (p *printer) routing(t *Routing) {
	entry := ""
	if !t.Entry.IsZero() {
		entry = "through " + t.Entry.String()
	}
	p.line(t.Protocol.String(), "to", t.Host.String(), number("port", t.Port), entry, where("from", t.Scope.Client))
	p.nested(func() {
		for i := range t.Rules {
			p.rule(&t.Rules[i])
		}
		p.line("else", actionText(t.Else))
	})
}

func (p *printer) rule(r *Rule) {
	when := match.String(r.When)
	if match.IsTrue(r.When) {
		when = "always"
	}
	p.line(when + ":")
	p.nested(func() {
		for _, s := range r.Steps {
			p.line(stepText(s))
		}
		if f, ok := r.Then.(Forward); ok {
			p.backends(f.To)
		} else {
			p.line(actionText(r.Then))
		}
		p.line2(timeoutText(r.Timeout))
		p.line2(retryText(r.Retry))
	})
}

func (p *printer) line2(s string) {
	if s != "" {
		p.line(s)
	}
}

func (p *printer) backends(to []Backend) {
	if len(to) == 0 {
		p.line("forward to nowhere")
	}
	for _, b := range to {
		p.line("forward", fmt.Sprint(b.Weight), "to", backendText(b))
		p.nested(func() {
			for _, s := range b.Steps {
				p.line(stepText(s))
			}
		})
	}
}

func backendText(b Backend) string {
	s := b.Host.String()
	if b.Port != 0 {
		s += fmt.Sprintf(":%d", b.Port)
	}
	if b.SubsetName != "" || b.Subset != nil {
		s += " subset " + b.SubsetName + " (" + match.String(b.Subset) + ")"
	}
	if b.Missing {
		s += " which does not exist"
	}
	for _, f := range b.Fallback {
		s += " or to " + backendText(f)
	}
	return s
}

func actionText(a Action) string {
	switch a := a.(type) {
	case nil:
		return "nothing"
	case Forward:
		return fmt.Sprintf("forward to %d backends", len(a.To))
	case Passthrough:
		if a.AsUnknown {
			return "pass through as what is not known"
		}
		return "pass through"
	case Redirect:
		s := fmt.Sprintf("redirect %d", a.Status)
		for _, part := range []struct{ label, text string }{{"scheme", a.Scheme}, {"host", a.Host}} {
			if part.text != "" {
				s += " " + part.label + " " + part.text
			}
		}
		port := number("port", a.Port)
		if a.Port == RequestPort {
			port = "port of the request"
		}
		return strings.TrimSpace(s + " " + port + pathText(" path ", a.Path))
	case Respond:
		s := fmt.Sprintf("respond %d", a.Status)
		if a.Body != "" {
			s += fmt.Sprintf(" %q", a.Body)
		}
		return s
	}
	panic("intent: unknown action")
}

var rewriteKinds = [...]string{FullPath: "all", PrefixPath: "prefix", SegmentPrefix: "segments", RegexPath: "regex"}

func pathText(label string, r *PathRewrite) string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf("%s%s %q to %q", label, rewriteKinds[r.Kind], r.Match, r.Replace)
}

// Answer writes what a rule does with the requests that it takes, without its
// condition, name and origins. Rules with one answer are interchangeable.
func (r *Rule) Answer() string {
	c := *r
	c.When = nil
	var p printer
	p.rule(&c)
	return p.String()
}

// SameAnswer reports whether two rules are interchangeable but for their conditions.
func SameAnswer(a, b *Rule) bool { return !otherBackends(a.Then, b.Then) && a.Answer() == b.Answer() }

// otherBackends sees at a glance that requests go elsewhere, or in other shares.
func otherBackends(a, b Action) bool {
	x, okX := a.(Forward)
	y, okY := b.(Forward)
	if !okX || !okY {
		return okX != okY
	}
	if len(x.To) != len(y.To) {
		return true
	}
	for i := range x.To {
		if p, q := &x.To[i], &y.To[i]; p.Host != q.Host || p.Port != q.Port || p.Weight != q.Weight || p.SubsetName != q.SubsetName {
			return true
		}
	}
	return false
}
