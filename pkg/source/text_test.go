package source

import "testing"

// Equal values have equal texts, however they are written; others differ.
func TestTextOfAnObject(t *testing.T) {
	text := func(spec, path string) string {
		objs, problems := Parse("in.yaml", []byte("kind: X\nmetadata: {name: x}\nspec:\n"+spec), Options{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return objs[0].Text(path)
	}
	base := text("  a: [1, 'on', ~, {}]\n  b: {c: x}\n", "")
	for _, same := range []string{"  b:\n    c: \"x\"\n  a: [1, \"on\", null, {}]\n"} {
		if text(same, "") != base {
			t.Errorf("%q differs from %q", text(same, ""), base)
		}
	}
	for _, other := range []string{
		"  a: ['1', 'on', ~, {}]\n  b: {c: x}\n", "  a: [1, 'on', '', {}]\n  b: {c: x}\n", "  a: [1, 'on', ~, []]\n  b: {c: x}\n",
		"  a: ['on', 1, ~, {}]\n  b: {c: x}\n", "  a: [1, 'on', ~, {}]\n  b: {d: x}\n", "  a: [1, 'on', ~]\n  b: {c: x}\n",
	} {
		if text(other, "") == base {
			t.Errorf("%q reads as %q", other, base)
		}
	}
	if got := text("  b: {c: x}\n  bc: y\n", "spec.b"); got != `"spec.b.c" "x"` {
		t.Error(got)
	}
}

// What is copied from a tree is read again as the same.
func TestYAMLIsReadAgain(t *testing.T) {
	objs, _ := Parse("in.yaml", []byte("kind: X\nspec: {a: \"yes\", b: yes, c: 'null', d: null, e: '1', f: 1}\n"), Options{})
	if again := FromYAML("in.yaml", objs[0].Root.YAML(), Options{}); again.Text("") != objs[0].Text("") {
		t.Errorf("%s\nis read again as\n%s", objs[0].Text(""), again.Text(""))
	}
}
