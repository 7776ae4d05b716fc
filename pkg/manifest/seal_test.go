package manifest

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/place"
)

// A sealed object is opened as it was, and what is done to it then leaves the first alone.
func TestSealed(t *testing.T) {
	at := place.Ref{Object: "Route a/b", Path: "spec"}
	o := New("v1", "Route", "a", "b")
	o.Root.Above("of the object").Set("spec", Map().Because(at, place.Ref{Path: "x"}).
		Set("empty", Map()).Set("none", List()).Set("null", &Node{Kind: NullKind}).Set("", Str("")).
		Set("list", List(Int(1), Float(2.5), Bool(true), List(Str("a\nb")), Map().Set("long", Str(string(make([]byte, 300)))).Above("two\nlines"))).
		Set("last", Str("z").Because(at).Above("noted")))
	o.Turn, o.From = 3, []place.Ref{at}
	before := said(o.Root)
	sealed := o.Sealed()
	if sealed.Root != nil || sealed.Turn != 3 || sealed.Name != "b" || len(sealed.From) != 1 {
		t.Fatalf("%+v", sealed)
	}
	sealed.Open()
	if got := said(sealed.Root); got != before {
		t.Errorf("got\n%s\nwant\n%s", got, before)
	}
	sealed.Root.Get("spec").Set("list", Int(2)).Set("more", Int(1)).Because(place.Ref{Path: "y"}).Unset("empty")
	sealed.Root.Get("metadata").Set("name", Str("c")).Above("other")
	if got := said(o.Root); got != before {
		t.Errorf("changed to\n%s", got)
	}
	sealed.Open()
	if sealed.Root.Get("spec").Get("more") == nil {
		t.Error("opened twice")
	}
}

// said tells all that is in a tree.
func said(n *Node) string {
	out := scalarTags[n.Kind] + " " + n.Text + " # " + n.Comment()
	for _, ref := range n.From() {
		out += " <" + ref.String()
	}
	for _, kid := range n.Kids {
		out += "\n" + kid.Key + ": " + said(kid.Node)
	}
	return out + ";"
}
