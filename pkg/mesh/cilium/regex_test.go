package cilium

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/match"
)

func path(op match.Op, value string) match.Atom {
	return match.Atom{Field: match.Path, Op: op, Value: value}
}

// Expressions for paths hold for the path with any query, and for nothing else.
func TestPathRegex(t *testing.T) {
	for _, c := range []struct {
		is   match.Atom
		want string
	}{
		{path(match.Exact, "/a.b"), `/a\.b(\?.*)?`},
		{path(match.Prefix, "/a"), `/a.*`},
		{path(match.Segments, "/a/"), `/a([/?].*)?`},
		{path(match.Segments, "/"), `/.*`},
		{path(match.Suffix, ".js"), `[^?]*\.js(\?.*)?`},
		{path(match.Regex, "/v[0-9]+/.*"), `(?:/v[0-9]+/[^\n\?]*)(\?.*)?`},
		{path(match.Regex, "^/x$"), `(?:/x)(\?.*)?`},
		{path(match.Template, "/{*}/x"), ""},
	} {
		got, ok := pathRegex(c.is)
		if !ok || c.want != "" && got != c.want {
			t.Errorf("%v: %q %v, want %q", c.is, got, ok, c.want)
		}
		if why := wrongFor(got, func(p string) bool { return c.is.Holds(p) }); why != "" {
			t.Errorf("%v as %q: %s", c.is, got, why)
		}
	}
	for _, bad := range []match.Atom{path(match.Exact, "/a?b"), path(match.Regex, "/a\\b.*"), path(match.Regex, "/a\\?b")} {
		if text, ok := pathRegex(bad); ok {
			t.Errorf("%v is said as %q", bad, text)
		}
	}
}

// wrongFor finds a path for which an expression does not say what holds tells.
func wrongFor(text string, holds func(path string) bool) string {
	re, err := regexp.Compile("^(?:" + text + ")$")
	if err != nil {
		return err.Error()
	}
	r := rand.New(rand.NewPCG(1, 2))
	const letters = "ab/x.v1js"
	for range 3000 {
		p := "/"
		for range r.IntN(7) {
			p += string(letters[r.IntN(len(letters))])
		}
		for _, sent := range []string{p, p + "?", p + "?x=/a.js", p + "?a/b"} {
			if re.MatchString(sent) != holds(p) {
				return "wrong for " + sent
			}
		}
	}
	return ""
}

// What must not be is said by all that may.
func TestBesides(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"/a", "/b", "/ab", "/a/b", "/", "/x.v", "/a/", "/abba"}
	ops := []match.Op{match.Exact, match.Prefix, match.Segments}
	one := func() match.Atom { return path(ops[random.IntN(3)], pieces[random.IntN(len(pieces))]) }
	said := 0
	for range 400 {
		var is *match.Atom
		if random.IntN(2) == 0 {
			a := one()
			is = &a
		}
		var not []match.Atom
		for range 1 + random.IntN(3) {
			if a := one(); negatable(a) == "" {
				not = append(not, a)
			}
		}
		if len(not) == 0 {
			continue
		}
		holds := func(p string) bool {
			for _, a := range not {
				if a.Holds(p) {
					return false
				}
			}
			return is == nil || is.Holds(p)
		}
		text, why := besides(match.Path, is, not)
		if why != "" {
			text = "[^/].*"
		} else {
			said++
		}
		if wrong := wrongFor(text, holds); wrong != "" {
			t.Fatalf("%v but not %v as %q (%s): %s", is, not, text, why, wrong)
		}
	}
	if said < 200 {
		t.Errorf("only %d were said", said)
	}
}

// Methods and hosts have no query; hosts have any case and a port.
func TestBesidesOthers(t *testing.T) {
	method := match.Atom{Field: match.Method, Op: match.Exact, Value: "DELETE"}
	text, why := besides(match.Method, nil, []match.Atom{method})
	re := regexp.MustCompile("^(?:" + text + ")$")
	for value, want := range map[string]bool{"DELETE": false, "DELET": true, "DELETED": true, "GET": true, "delete": true} {
		if why != "" || re.MatchString(value) != want {
			t.Errorf("%s: %v, want %v by %q %s", value, !want, want, text, why)
		}
	}
	host := match.Atom{Field: match.Host, Op: match.Exact, Value: "a.io"}
	text, why = besides(match.Host, nil, []match.Atom{host})
	re = regexp.MustCompile("^(?:" + text + ")$")
	for value, want := range map[string]bool{"a.io": false, "A.IO:80": false, "b.io": true, "a.io.x:80": true} {
		if why != "" || re.MatchString(value) != want {
			t.Errorf("%s: %v, want %v by %q %s", value, !want, want, text, why)
		}
	}
	if !strings.HasSuffix(text, "(:[0-9]+)?") {
		t.Errorf("no port: %q", text)
	}
}

// Taking the question mark out and in again gives the same expression.
func TestOffQuery(t *testing.T) {
	for _, want := range []string{"/a.*", "(?s:.)*x", "/[^/]+/b", "/[a-z]+", "(?:a|b.)*", "[^a]"} {
		text, ok := onQuery(want)
		back := offQuery(strings.TrimSuffix(text, noQuery))
		given, got := path(match.Regex, want), path(match.Regex, back)
		_, there := match.Implies(given, got)
		_, again := match.Implies(got, given)
		if !ok || there != match.Yes || again != match.Yes {
			t.Errorf("%q became %q, then %q", want, text, back)
		}
	}
}
