package source

import "testing"

// A subtree marked as a whole is read to the last value, what was skipped stays so, and its neighbours stay unread.
func TestMarkRead(t *testing.T) {
	objs, _ := Parse("f.yaml", []byte("kind: A\nspec: {a: {b: [1, {c: 2}], d: x}, e: 3}\n"), Options{})
	spec := objs[0].Root.Get("spec")
	a := spec.Get("a")
	a.Get("d").Skip("only identifies")
	a.MarkRead()
	spec.Get("none").MarkRead()
	c := a.Get("b").Items()[1].Get("c")
	if c.state != read || a.Get("d").state != skipped || spec.Get("e").state != unread {
		t.Errorf("c %v, d %v, e %v", c.state, a.Get("d").state, spec.Get("e").state)
	}
}
