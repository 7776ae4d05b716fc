package consul

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// whileRunning is what to do about what only Consul understands while it runs.
const whileRunning = "nothing here; translate it to another mesh to be told what comes next to it there"

// inert marks a value as without effect and says so.
func (r *reader) inert(n *source.Node, why string) {
	if n == nil {
		return
	}
	n.Inert(why)
	r.diags.Add(diag.Inert, n.Ref().Object+": "+why, "remove it, or correct what keeps it from working", n.Ref())
}

// wrong says that Consul's servers refuse an object for what it says of others,
// and that it has no effect.
func (r *reader) wrong(o *source.Object, why string, at ...place.Ref) {
	r.home(o)
	specOf(o).Node.MarkRead()
	specOf(o).Node.Inert("Consul's servers refuse it: " + why)
	r.diags.Tell(diag.InvalidObject, o.Ref().Object+": "+why, "Consul's servers refuse it, so it has no effect", "correct it, or add what it depends on to the input", append(at, o.Ref())...)
}

// field keeps a field that only Consul understands.
func (r *reader) field(o *source.Object, v value, why string) *intent.Opaque {
	if v.missing() {
		return nil
	}
	v.Node.MarkRead()
	op := &intent.Opaque{
		Home: r.home(o), Mesh: Name, Kind: o.Kind, At: v.Node.Ref(), Whole: o, Why: why,
		Purpose: nextTo[why].purpose, Instead: nextTo[why].instead, From: intent.From(v.Node.Ref()),
	}
	r.m.Opaque = append(r.m.Opaque, op)
	r.diags.Add(diag.NotTranslated, v.Node.Ref().Path+" of "+o.Ref().Object+" is understood by Consul only: "+why, whileRunning, v.Node.Ref())
	return op
}

// refuses keeps a field by which requests are refused that others let in.
func (r *reader) refuses(o *source.Object, v value, why string) {
	if op := r.field(o, v, why); op != nil {
		op.Refuses, op.Instead = true, "refuse them in the application, or at the gateway that lets them in"
	}
}

// reports keeps a field about what proxies report.
func (r *reader) reports(o *source.Object, v value, why string) {
	if op := r.field(o, v, why); op != nil {
		op.Purpose, op.Running = intent.Reports, true
	}
}

// fields keeps several fields for one reason.
func (r *reader) fields(o *source.Object, v value, why string, names ...string) {
	for _, n := range names {
		r.field(o, v.get(n), why)
	}
}

// opaque keeps a whole object.
func (r *reader) opaque(o *source.Object, why string, security bool) *intent.Opaque {
	home := r.home(o)
	if o.Group() == "" {
		o.Root.MarkRead()
	} else {
		o.Root.Get("spec").MarkRead()
	}
	op := &intent.Opaque{
		Home: home, Mesh: Name, Kind: o.Kind, At: o.Ref(), Whole: o, Why: why, Security: security,
		Scope: intent.Scope{Subject: guards(o, r.in.Inventory)}, From: intent.From(o.Ref()),
	}
	r.m.Opaque = append(r.m.Opaque, op)
	r.diags.Add(diag.NotTranslated, o.Ref().Object+" is understood by Consul only: "+why, whileRunning, o.Ref())
	return op
}
