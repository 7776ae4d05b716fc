package match

import "testing"

func TestPlainly(t *testing.T) {
	for value, want := range map[string]Atom{
		`/api/.*`:         {Op: Prefix, Value: "/api/"},
		`/api(/.*)?`:      {Op: Segments, Value: "/api"},
		`/api(?:/.*)?`:    {Op: Segments, Value: "/api"},
		`/(/.*)?`:         {Op: Regex, Value: `/(/.*)?`},
		`/a\.b`:           {Op: Exact, Value: "/a.b"},
		`/a.b`:            {Op: Regex, Value: `/a.b`},
		`.*\.png`:         {Op: Suffix, Value: ".png"},
		`.*`:              {Op: Present},
		`^/a$`:            {Op: Exact, Value: "/a"},
		`^/a/.*`:          {Op: Prefix, Value: "/a/"},
		`^/a(/.*)?$`:      {Op: Segments, Value: "/a"},
		`^.*$`:            {Op: Present},
		`^/a|/b$`:         {Op: Regex, Value: `^/a|/b$`},
		`/a\$`:            {Op: Exact, Value: "/a$"},
		`/a\\$`:           {Op: Exact, Value: `/a\`},
		`.*.*`:            {Op: Regex, Value: `.*.*`},
		`/a|/b`:           {Op: Regex, Value: `/a|/b`},
		`/a\d.*`:          {Op: Regex, Value: `/a\d.*`},
		`\Q/a`:            {Op: Regex, Value: `\Q/a`},
		`/a\`:             {Op: Regex, Value: `/a\`},
		`/a\.*`:           {Op: Regex, Value: `/a\.*`},
		`/a\.(/.*)?`:      {Op: Segments, Value: "/a."},
		`/a\\.*`:          {Op: Prefix, Value: `/a\`},
		`/shop/v1-b_c~.*`: {Op: Prefix, Value: "/shop/v1-b_c~"},
	} {
		if got := Plainly(Atom{Op: Regex, Value: value}); got != want {
			t.Errorf("%s is %v %q, not %v %q", value, got.Op, got.Value, want.Op, want.Value)
		}
	}
}

// TestPlainlyMeansTheSame compares the automata of both forms.
func TestPlainlyMeansTheSame(t *testing.T) {
	for _, a := range []Atom{
		{Op: Regex, Value: `/api/.*`}, {Op: Regex, Value: `/api(/.*)?`}, {Op: Regex, Value: `/a\.b`}, {Op: Regex, Value: `.*\.png`}, {Op: Regex, Value: `.*`},
		{Op: Regex, Value: `/a\\.*`}, {Op: Template, Value: "/a/{**}"}, {Op: Template, Value: "/a"}, {Op: Template, Value: "/a/{*}"}, {Op: Template, Value: "{**}"},
		{Op: Regex, Value: `^/a$`}, {Op: Regex, Value: `^/a/.*$`}, {Op: Regex, Value: `^/a(/.*)?`}, {Op: Regex, Value: `/a\$`},
	} {
		plain, u := Plainly(a), newMachine(universes[Path].pattern)
		for _, want := range []bool{true, false} {
			fuel := maxFuel
			p := product{machines: []*machine{u, newMachine(pattern(a)), newMachine(pattern(plain))}, want: []bool{true, want, !want}, fuel: &fuel}
			if v, answer := p.find(); answer != No {
				t.Errorf("%v and %v differ on %q", a, plain, v)
			}
		}
	}
}
