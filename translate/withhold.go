package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// withholdRejected denies what rejected policies may have guarded: what the mesh
// says, or else their namespace, or everything for those of the root namespace.
func (j *job) withholdRejected() {
	for _, o := range j.rejected {
		why := titleOf(o) + " cannot be read"
		if client, ok := j.leaving(o); ok {
			j.withholdLeaving(client, j.decided(o), o.Ref(), why)
			continue
		}
		if !j.mayGuard(o) {
			continue
		}
		if guards := j.o.From.Guards; guards != nil && kindOf(j.o.From, o) != nil {
			j.withholdScope(guards(o, j.inventory), o.Ref(), why)
			continue
		}
		namespace := o.Namespace
		if homeless(o) || j.why[o] == diag.UnknownKind && o.NamespaceImplied { // its kind may have no namespace
			namespace = ""
		}
		j.withholdSides(o, namespace, o.Ref(), why)
	}
}

// withholdSides denies what an object may have kept out of a namespace, and from being
// sent by its clients.
func (j *job) withholdSides(o *source.Object, namespace string, at place.Ref, why string) {
	served, dialled := true, false
	if j.o.From.Sides != nil {
		served, dialled = j.o.From.Sides(o)
	}
	if dialled {
		j.withholdDialled(namespace, at, why)
	}
	if served {
		j.withhold(namespace, at, why)
	}
}

// withholdDialled denies all that the clients of a namespace send, or those of any where none
// is known: who is no workload of the cluster obeys no policy.
func (j *job) withholdDialled(namespace string, at place.Ref, why string) {
	d := &intent.Default{Side: intent.Dialled, Effect: intent.Deny, Withheld: true, Why: why, From: intent.From(at)}
	words := ""
	d.Scope.Client = match.Atom{Field: match.ClientNamespace, Op: match.Present, Ref: new(at)}
	if namespace != "" {
		d.Scope.Client = match.Atom{Field: match.ClientNamespace, Value: namespace, Ref: new(at)}
		words = " by " + match.String(d.Scope.Client)
	}
	j.model.Default = append([]*intent.Default{d}, j.model.Default...)
	var l diag.List
	l.Add(diag.Withheld, why+", so all that is sent"+words+" counts as denied", "correct the document and translate again", at)
	l[0].Feature = string(legal.AccessDialled)
	j.add(l)
	j.result.Unreadable = true
}

// withhold denies all requests to a namespace, or everything where none is known
// or policies of the namespace hold elsewhere too.
func (j *job) withhold(namespace string, at place.Ref, why string) {
	if namespace == "" || j.o.From.Guards != nil || j.o.From.Root != nil && namespace == j.o.From.Root(j.env) {
		j.withholdScope(nil, at, why)
		return
	}
	j.withholdScope(match.Atom{Field: match.Namespace, Value: namespace, Ref: new(at)}, at, why)
}

// leaving tells the clients of whom a rejected object may have held back what leaves; nil
// is all.
func (j *job) leaving(o *source.Object) (client match.Expr, ok bool) {
	if j.o.From.Leaving == nil || kindOf(j.o.From, o) == nil {
		return nil, false
	}
	client, ok = j.o.From.Leaving(o)
	if homeless(o) || o.Namespace == "" || j.o.From.Root != nil && o.Namespace == j.o.From.Root(j.env) {
		client = nil
	}
	return client, ok
}

// decided reports whether facts say of clients what leaves, whatever an object says that cannot
// be read: those of other namespaces than its own, of which objects of their own decide.
func (j *job) decided(o *source.Object) func(*intent.Egress) bool {
	return func(e *intent.Egress) bool {
		if homeless(o) || o.Namespace == "" || e.Withheld || j.inPart(e) {
			return false
		}
		_, own := match.Overlap(e.Scope.Client, match.Atom{Field: match.ClientNamespace, Value: o.Namespace})
		return own == match.No
	}
}

// inPart reports whether what is said of what leaves is of an object of which a part is kept
// as it is, such as the addresses that it is for: of the rest something else may decide.
func (j *job) inPart(e *intent.Egress) bool {
	return len(e.From) > 0 && slices.ContainsFunc(j.model.Opaque, func(op *intent.Opaque) bool { return op.At.Object == e.From[0].Object })
}

// withholdLeaving holds back all that leaves of some clients, nil is all, but of those of whom
// facts say it that decide before; nil is none.
func (j *job) withholdLeaving(client match.Expr, decided func(*intent.Egress) bool, at place.Ref, why string) {
	e := &intent.Egress{Scope: intent.Scope{Client: client}, Effect: intent.Deny, Withheld: true, Why: why, From: intent.From(at)}
	words := ""
	if !match.IsTrue(client) {
		words = " from " + match.String(client)
	}
	var before, after []*intent.Egress
	for _, x := range j.model.Egress {
		if match.IsTrue(client) && decided != nil && decided(x) {
			before = append(before, x)
		} else {
			after = append(after, x)
		}
	}
	if len(before) > 0 {
		words = ", except from namespaces with policies of their own,"
	}
	j.model.Egress = slices.Concat(before, []*intent.Egress{e}, after)
	var l diag.List
	l.Add(diag.Withheld, why+", so all that leaves the cluster"+words+" counts as held back", "correct the document and translate again", at)
	l[0].Feature = string(legal.EgressDefault)
	j.add(l)
	j.result.Unreadable = true
}

// withholdScope denies all requests to some workloads; nil is all.
func (j *job) withholdScope(subject match.Expr, at place.Ref, why string) {
	scope, words := intent.Scope{Subject: subject}, ""
	if !match.IsTrue(subject) {
		words = " to " + match.String(subject)
	}
	d := &intent.Default{Scope: scope, Effect: intent.Deny, Withheld: true, Why: why, From: intent.From(at)}
	j.model.Default = append([]*intent.Default{d}, j.model.Default...)
	var l diag.List
	l.Add(diag.Withheld, why+", so all requests"+words+" count as denied", "correct the document and translate again", at)
	j.add(l)
	j.result.Unreadable = true
}

// denyWithheld makes a withheld default decide alone: no allow of another
// object reaches into what it stands for.
func denyWithheld(m *intent.Model) {
	for _, d := range m.Default {
		if d.Withheld {
			m.Access = append(m.Access, &intent.Access{
				Home: d.Home, Side: d.Side, Scope: d.Scope, Effect: intent.Deny, When: match.True, Comment: d.Why, Withheld: true, From: d.From,
			})
		}
	}
}
