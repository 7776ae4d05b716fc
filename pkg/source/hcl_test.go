package source

import (
	"strings"
	"testing"
)

// leavesOf lists paths and values.
func leavesOf(o *Object) string {
	var out []string
	o.Root.Leaves(func(l Leaf) { out = append(out, l.Ref().Path+"="+l.Value()) })
	return strings.Join(out, " ")
}

// Blocks, attributes, labels and lists of HCL become the maps and lists that the
// same values are in YAML.
func TestHCL(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"attributes":        {"kind = \"a\"\nname = \"x\"\nn = 3\nf = 33.5\non = true\n", "kind=a name=x n=3 f=33.5 on=true"},
		"block":             {"kind = \"a\"\nmesh_gateway {\n mode = \"local\"\n}\n", "kind=a mesh_gateway.mode=local"},
		"map":               {"kind = \"a\"\nmesh_gateway = {\n mode = \"local\"\n}\n", "kind=a mesh_gateway.mode=local"},
		"blocks":            {"kind = \"a\"\nroutes {\n x = 1\n}\nroutes {\n x = 2\n}\nroutes {\n x = 3\n}\n", "kind=a routes[0].x=1 routes[1].x=2 routes[2].x=3"},
		"labels":            {"kind = \"a\"\nsubsets \"v1\" {\n f = 1\n}\nsubsets \"v2\" {\n f = 2\n}\n", "kind=a subsets.v1.f=1 subsets.v2.f=2"},
		"nested list":       {"kind = \"a\"\nroutes = [\n {\n match {\n http {\n header = [{ name = \"X\" }]\n}\n}\n}\n]\n", "kind=a routes[0].match.http.header[0].name=X"},
		"quoted key":        {"kind = \"a\"\nfailover = {\n \"*\" = { datacenters = [\"b\", \"c\"] }\n}\n", "kind=a failover.*.datacenters[0]=b failover.*.datacenters[1]=c"},
		"carriage returns":  {"kind = \"a\"\r\nx = {\r\n y = 1\r\n}\r\n", "kind=a x.y=1"},
		"tabs":              {"kind = \"a\"\n\tx = {\n\t\ty =\t1\n}\n", "kind=a x.y=1"},
		"template of text":  {"kind = \"a\"\nx = <<EOF\n{{ .y }}\nEOF\n", "kind=a x={{ .y }}\n"},
		"heredoc":           {"kind = \"a\"\nx = <<EOF\n{ \"y\": 1 }\nEOF\n", "kind=a x={ \"y\": 1 }\n"},
		"JSON all the same": {`{"kind": "a", "x": 1}`, "kind=a x=1"},
	} {
		t.Run(name, func(t *testing.T) {
			objs, problems := Parse("f.hcl", []byte(c.text), Options{})
			if len(problems) != 0 || len(objs) != 1 {
				t.Fatalf("objects %d, problems %v", len(objs), problems)
			}
			if got := leavesOf(objs[0]); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if name == "quoted key" && objs[0].Root.Get("failover").Ref().Pos.Line != 2 {
				t.Errorf("position %v", objs[0].Root.Get("failover").Ref())
			}
		})
	}
}

// Text stays text, and repeated attributes are problems as in YAML.
func TestHCLValues(t *testing.T) {
	objs, _ := Parse("f.hcl", []byte("# above\nKind = \"yes\"\nName = \"7\"\nx = 1\nx = 2\n"), Options{})
	o := objs[0]
	if o.Kind != "yes" || o.Name != "7" || o.Root.Get("Name").Str() != "7" {
		t.Errorf("got %q %q", o.Kind, o.Name)
	}
	if p := o.Root.Problems(); len(p) != 1 || p[0].Kind != RepeatedKey || p[0].Ref.Pos.Line != 5 {
		t.Errorf("problems %v", p)
	}
	if got := o.Root.Get("Kind").Comment(); got != "# above" {
		t.Errorf("comment %q", got)
	}
}

// An entry without a kind is a problem, and no configuration of an agent.
func TestKindlessHCL(t *testing.T) {
	for text, line := range map[string]int{
		"name = \"web\"\nsources = []\n":                      1,
		"KIND = \"service-intentions\"\nName = \"web\"\n":     1,
		"config_entries {\n  bootstrap { name = \"web\" }\n}": 2,
	} {
		_, problems := Parse("f.hcl", []byte(text), Options{})
		if len(problems) != 1 || problems[0].Kind != NotReadable || problems[0].Ref.Pos.Line != line || problems[0].Ref.Object != "an unreadable document" {
			t.Errorf("%q: problems %v", text, problems)
		}
	}
}

// A kind that is no entry's is not taken for that of something else.
func TestKindsOfHCL(t *testing.T) {
	for _, text := range []string{"Kind = \"ServiceIntentions\"\n", "kind = \"Service-Intentions\"\n", "datacenter = \"x\"\nconfig_entries { bootstrap { kind = \"ServiceIntentions\" } }\n"} {
		objs, problems := Parse("f.hcl", []byte(text), Options{})
		if len(problems) != 0 || !objs[len(objs)-1].IsEntry() {
			t.Errorf("%q is no entry: %v", text, problems)
		}
	}
	for _, text := range []string{"datacenter = \"x\"\n", "service { name = \"web\" }\n"} {
		objs, problems := Parse("f.hcl", []byte(text), Options{})
		if len(problems) != 0 || objs[0].IsEntry() || objs[0].Kind != "" {
			t.Errorf("%q is an entry: %v", text, problems)
		}
	}
}

// What is not HCL is one positioned problem, which tells the kinds in the text.
func TestBadHCL(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		kind ProblemKind
		line int
	}{
		"unclosed":   {"kind = \"service-intentions\"\nname = \"x\nsources {\n", NotReadable, 2},
		"big number": {"kind = \"service-intentions\"\nx = 99999999999999999999999\n", NotReadable, 1},
		"conflict":   {"kind = \"service-intentions\"\n<<<<<<< HEAD\n=======\n>>>>>>> b\n", LooksForeign, 2},
		"deep":       {"kind = \"service-intentions\"\nx = " + strings.Repeat("[", 100_000), OverLimit, 2},
		"large":      {"kind = \"service-intentions\"\nx = \"" + strings.Repeat("a", 17<<20) + "\"\n", OverLimit, 1},
		"NUL":        {"kind = \"service-intentions\"\nx = \"a\x00\"\n", NotReadable, 2},
		"not UTF-8":  {"kind = \"service-intentions\"\nx = \"a\xff\"\n", NotReadable, 2},
		"BOM":        {"\xef\xbb\xbfkind = \"service-intentions\"\n", NotReadable, 1},
		"template":   {"kind = \"service-intentions\"\nname = \"{{ .Values.name }}\"\n", LooksForeign, 2},
		"templates":  {"kind = \"service-intentions\"\n{{ if .Values.x }}\nx = 1\n{{ end }}\n", LooksForeign, 2},
	} {
		t.Run(name, func(t *testing.T) {
			objs, problems := Parse("f.hcl", []byte(c.text), Options{})
			if len(objs) != 0 || len(problems) != 1 {
				t.Fatalf("objects %d, problems %v", len(objs), problems)
			}
			p := problems[0]
			if p.Kind != c.kind || p.Ref.Pos.Line != c.line || len(p.ObjectKinds) != 1 || p.ObjectKinds[0] != "service-intentions" {
				t.Errorf("got %v kind %d kinds %v: %s", p.Ref.Pos, p.Kind, p.ObjectKinds, p.Message)
			}
		})
	}
}

// Configuration entries are objects of their kind and name, in both spellings,
// alone and within the configuration of an agent.
func TestConfigEntries(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"CamelCase":   {"f.hcl", "Kind = \"service-router\"\nName = \"web\"\n", "service-router default/web"},
		"snake_case":  {"f.json", `{"kind": "mesh", "name": "mesh"}`, "mesh default/mesh"},
		"YAML":        {"f.yaml", "Kind: service-router\nName: web\nNamespace: shop\n", "service-router shop/web"},
		"agent list":  {"f.hcl", "server = true\nconfig_entries {\n bootstrap = [\n {\n kind = \"mesh\"\n name = \"mesh\"\n}, {\n kind = \"a-b\"\n name = \"c\"\n}]\n}\n", "|mesh default/mesh|a-b default/c"},
		"agent block": {"f.hcl", "config_entries {\n bootstrap {\n kind = \"mesh\"\n name = \"mesh\"\n}\n bootstrap {\n kind = \"a-b\"\n name = \"c\"\n}\n}\n", "|mesh default/mesh|a-b default/c"},
		"agent JSON":  {"f.json", `{"config_entries": {"bootstrap": [{"kind": "mesh", "name": "mesh"}]}}`, "|mesh default/mesh"},
		"Kubernetes":  {"f.yaml", "apiVersion: v1\nkind: service\nmetadata: {name: x}\n", "service default/x"},
	} {
		t.Run(name, func(t *testing.T) {
			objs, problems := Parse(c.file, []byte(c.text), Options{})
			var got []string
			for _, o := range objs {
				if o.Kind == "" {
					got = append(got, "")
					continue
				}
				got = append(got, o.Kind+" "+o.Namespace+"/"+o.Name)
				if o.Ref().Object != got[len(got)-1] {
					t.Errorf("called %q", o.Ref().Object)
				}
			}
			if strings.Join(got, "|") != c.want || len(problems) != 0 {
				t.Errorf("got %q, problems %v", strings.Join(got, "|"), problems)
			}
		})
	}
}

func FuzzHCL(f *testing.F) {
	f.Add([]byte("kind = \"a\"\nx {\n y = [1, 2]\n}\n"))
	f.Add([]byte("x \"a\" \"b\" {\n}\nx = <<-EOF\n a\n EOF\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		objs, _ := Parse("f.hcl", data, Options{MaxBytes: 1 << 16})
		for _, o := range objs {
			o.Root.Leaves(func(Leaf) {})
			o.Root.Problems()
		}
	})
}
