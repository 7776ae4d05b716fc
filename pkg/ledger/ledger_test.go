package ledger

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/source"
)

const object = `kind: Rule
metadata: {name: a, namespace: b}
spec:
  host: cart
  retries: {attempts: 3, on: 5xx}
  timeout: 3s
  old: 1
  typo: 2
  wrong: ten
`

// parse reads some of an object, as a reader does.
func parse(t *testing.T) *source.Object {
	t.Helper()
	objs, problems := source.Parse("in.yaml", []byte(object), source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	o := objs[0]
	o.Root.Get("kind").Skip("names the kind")
	o.Root.Get("metadata").Get("name").Skip("names the object")
	o.Root.Get("metadata").Get("namespace").Skip("names the object")
	spec := o.Root.Get("spec")
	for _, key := range []string{"host", "timeout"} {
		spec.Get(key).Str()
	}
	spec.Get("retries").Get("attempts").Int()
	spec.Get("retries").Get("on").Str()
	spec.Get("old").Int()
	spec.Get("old").Inert("nothing reads it any more")
	spec.Get("wrong").Int()
	return o
}

func fates(o *source.Object, c *Claims) map[string]Fate {
	out := map[string]Fate{}
	for e := range Close([]*source.Object{o}, c).All() {
		out[e.Ref.Path] = e.Fate
	}
	return out
}

// Each leaf has the fate of the innermost value around it that is claimed; what
// nobody read is unknown, whatever is claimed around it.
func TestClose(t *testing.T) {
	o := parse(t)
	spec := o.Root.Get("spec")
	c := NewClaims()
	c.Add(Claim{Ref: o.Ref(), Fate: Carried})
	c.Add(Claim{Ref: spec.Get("retries").Ref(), Fate: Dropped, Finding: diag.Dropped})
	c.Add(Claim{Ref: spec.Get("retries").Get("on").Ref(), Fate: Rewritten})
	want := map[string]Fate{
		"kind": Ignored, "metadata.name": Ignored, "metadata.namespace": Ignored, "spec.host": Carried, "spec.timeout": Carried,
		"spec.retries.attempts": Dropped, "spec.retries.on": Rewritten, "spec.old": Inert, "spec.typo": Unknown, "spec.wrong": Unknown,
	}
	got := fates(o, c)
	if len(got) != len(want) {
		t.Errorf("%d leaves, want %d: %v", len(got), len(want), got)
	}
	for path, fate := range want {
		if got[path] != fate {
			t.Errorf("%s is %s, want %s", path, got[path], fate)
		}
	}
}

// Of several claims on one value the worst stands, in any order, and what one of
// equals says of the values below stays.
func TestWorstClaimStands(t *testing.T) {
	o := parse(t)
	host := o.Root.Get("spec").Get("host").Ref()
	for _, order := range [][]Fate{{Carried, Dropped, Rewritten}, {Dropped, Rewritten, Carried}, {Rewritten, Carried, Dropped}} {
		c := NewClaims()
		for _, f := range order {
			c.Add(Claim{Ref: host, Fate: f})
		}
		if got := fates(o, c)["spec.host"]; got != Dropped {
			t.Errorf("%v: %s", order, got)
		}
	}
	c := NewClaims()
	c.Add(Claim{Ref: o.Ref(), Fate: Carried})
	c.Add(Claim{Ref: o.Ref(), Fate: Carried, Whole: true})
	if got := fates(o, c)["spec.typo"]; got != Carried {
		t.Errorf("below an object that is carried whole: %s", got)
	}
}

// Where nothing of an object is carried, what only tells whom it is about shares
// the worst fate of the rest.
func TestRestOfAnObject(t *testing.T) {
	o := parse(t)
	c := NewClaims()
	c.Add(Claim{Ref: o.Root.Get("spec").Get("timeout").Ref(), Fate: Dropped, Finding: diag.Dropped})
	got := fates(o, c)
	if got["spec.host"] != Dropped || got["spec.typo"] != Unknown {
		t.Errorf("%v", got)
	}
	for path, fate := range fates(o, NewClaims()) {
		if fate == Carried || fate == Dropped {
			t.Errorf("without any claim %s is %s", path, fate)
		}
	}
	if n := Close([]*source.Object{o}, c).Count(); n[Dropped] != 4 || n[Inert] != 1 {
		t.Errorf("%v", n)
	}
}
