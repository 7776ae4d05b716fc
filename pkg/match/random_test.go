package match

import (
	"math/rand/v2"
)

// words are all strings over a small alphabet up to a length, each behind a
// start.
func words(start, alphabet string, length int) []string {
	out := []string{start}
	for from := 0; length > 0; length-- {
		to := len(out)
		for _, w := range out[from:to] {
			for _, r := range alphabet {
				out = append(out, w+string(r))
			}
		}
		from = to
	}
	return out
}

var (
	values    = []string{"/", "/a", "/a/", "/ab", "/a/b", "/b", "/ab/a", "/A"}
	patterns  = []string{"/a.*", "/(a|b)+", ".*b", "/[^/]*", "/a?b?", "/.*/a", `/a\b.*`, `^/a$|/b`, "(?i)/AB", `/.*\B`, "/[^a]+", "", "a|"}
	templates = []string{"/{*}", "/a/{**}", "/{*}/b", "/{**}/a", "/a{*}"}
	searches  = []string{"a", "^/a", "b$", "a/b", `\ba`, "aa|bb", "(?i)AB"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// plainAtom is decided by comparing strings.
func plainAtom(r *rand.Rand) Atom {
	a := Atom{Field: Path, Op: pick(r, []Op{Exact, Prefix, Segments, Suffix, Present}), Value: pick(r, values)}
	if a.Op == Suffix {
		a.Value = a.Value[r.IntN(len(a.Value)):]
	}
	return a
}

// pathAtom is any atom on paths.
func pathAtom(r *rand.Rand) Atom {
	a := plainAtom(r)
	switch r.IntN(6) {
	case 0:
		a.Op, a.Value = Regex, pick(r, patterns)
	case 1:
		a.Op, a.Value = Template, pick(r, templates)
	case 2:
		a.Op, a.Value = Search, pick(r, searches)
	}
	a.Fold = r.IntN(6) == 0
	return a
}

// anyAtom is on one of a few attributes, paths more often.
func anyAtom(r *rand.Rand) Atom {
	switch r.IntN(8) {
	case 0:
		return Atom{Field: Method, Value: pick(r, []string{"GET", "POST"})}
	case 1:
		return Atom{Field: ClientNamespace, Value: pick(r, []string{"web", "ops"})}
	case 2:
		if r.IntN(3) == 0 {
			return Atom{Field: ClientIdentity, Op: Present}
		}
		return Atom{Field: ClientAccount, Op: pick(r, []Op{Exact, Present}), Value: "web"}
	case 3:
		return Atom{Field: Header, Key: "x", Op: pick(r, []Op{Exact, Present}), Value: "1"}
	case 4:
		return Atom{Field: Protocol, Value: pick(r, []string{"http", "tcp"})}
	}
	return pathAtom(r)
}

func randomExpr(r *rand.Rand, depth int, atom func(*rand.Rand) Atom) Expr {
	if depth == 0 || r.IntN(4) == 0 {
		return atom(r)
	}
	switch r.IntN(3) {
	case 0:
		return Not{randomExpr(r, depth-1, atom)}
	case 1:
		return And{randomExpr(r, depth-1, atom), randomExpr(r, depth-1, atom)}
	}
	return Or{randomExpr(r, depth-1, atom), randomExpr(r, depth-1, atom)}
}

// someRequests is a small universe with the joints of attributes.
func someRequests() []*Request {
	var out []*Request
	add := func(build func(*Request)) {
		for _, ns := range []string{"", "web", "ops", "-"} {
			for _, account := range []string{"web", "x"} {
				r := &Request{}
				build(r)
				switch ns {
				case "":
				case "-":
					r.Set(ClientIdentity, "", "td/"+account)
				default:
					r.Set(ClientNamespace, "", ns).Set(ClientAccount, "", account)
				}
				out = append(out, r)
			}
		}
	}
	add(func(r *Request) { r.Set(Protocol, "", "tcp") })
	for _, w := range append(words("/", "ab/", 3), "/A", "/Ab", "/AB", "/ab/a", "/c") {
		for _, m := range []string{"GET", "POST"} {
			for _, h := range []string{"-", "1", "2"} {
				add(func(r *Request) {
					r.Set(Protocol, "", "http").Set(Path, "", w).Set(Method, "", m)
					if h != "-" {
						r.Set(Header, "x", h)
					}
				})
			}
		}
	}
	return out
}

func seeded(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }
