package legal_test

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// point is one request of one client at one port of one workload, in a small
// universe in which the meaning of models can be computed by trying.
type point struct {
	namespace, app string // labels; "" is none
	version        string
	port           int
	http           bool
	path, method   string
	header         string // x-env; "" is none
	clientNS, sa   string // "" is no service account
	machine        bool   // an identity that is no service account's
	ip             string
	badToken       bool
	agreed         bool // every provider that is asked agrees
}

// universe lists points at some workloads: those of the inventory, one that it
// does not show, and one in a namespace that nobody names.
func universe() []point {
	var out []point
	for _, w := range [][3]string{{"shop", "a"}, {"shop", "a", "2"}, {"shop", "b"}, {"shop", "c"}, {"shop", ""}, {"shop", "", "2"}, {"depot", "a"}, {"depot", "z"}, {"nowhere", "a"}} {
		for _, port := range []int{80, 90, 99} {
			for _, c := range [][3]string{{"", "", "10.0.0.1"}, {"", "", "11.0.0.1"}, {"shop", "web", "10.0.0.2"}, {"shop", "job", "11.0.0.2"}, {"depot", "web", "10.0.0.3"}, {"", "", "10.0.0.4"}} {
				p := point{machine: c[2] == "10.0.0.4", namespace: w[0], app: w[1], version: w[2], port: port, clientNS: c[0], sa: c[1], ip: c[2]}
				out = append(out, p)
				for _, path := range []string{"/", "/x", "/x/y", "/x/y/z", "/xy", "/z"} {
					for _, method := range []string{"GET", "POST"} {
						p.http, p.path, p.method = true, path, method
						p.header = ""
						out = append(out, p)
						p.header = "test"
						out = append(out, p)
					}
				}
			}
		}
	}
	return out
}

// lookup is the value of an attribute, if it is there.
func (p point) lookup(a match.Atom) (string, bool) {
	switch a.Field {
	case match.Namespace:
		return p.namespace, true
	case match.Label:
		v := map[string]string{"app": p.app, "version": p.version}[a.Key]
		return v, v != ""
	case match.Port:
		return strconv.Itoa(p.port), true
	case match.Protocol:
		if p.http {
			return "http", true
		}
		return "tcp", true
	case match.Path:
		return p.path, p.http
	case match.Method:
		return p.method, p.http
	case match.Header:
		return p.header, p.http && p.header != "" && a.Key == "x-env"
	case match.ClientNamespace:
		return p.clientNS, p.clientNS != ""
	case match.ClientAccount:
		return p.sa, p.sa != ""
	case match.ClientIdentity:
		return "machine", p.sa != "" || p.machine
	case match.ClientIP:
		return p.ip, true
	default:
		panic("no such attribute in the universe")
	}
}

func (p point) holds(e match.Expr) bool {
	switch e := e.(type) {
	case nil:
		return true
	case match.And:
		return !slices.ContainsFunc(e, func(m match.Expr) bool { return !p.holds(m) })
	case match.Or:
		return slices.ContainsFunc(e, p.holds)
	case match.Not:
		return !p.holds(e.X)
	case match.Atom:
		v, ok := p.lookup(e)
		return ok && compares(e, v)
	default:
		panic("unknown expression")
	}
}

func compares(a match.Atom, v string) bool {
	switch a.Op {
	case match.Exact:
		return v == a.Value
	case match.Prefix:
		return strings.HasPrefix(v, a.Value)
	case match.Segments:
		p := strings.TrimSuffix(a.Value, "/")
		return v == p || strings.HasPrefix(v, p+"/")
	case match.Present:
		return true
	case match.CIDR:
		return netip.MustParsePrefix(a.Value).Contains(netip.MustParseAddr(v))
	default:
		panic("no such operator in the universe")
	}
}

// admits is the meaning of a model at a point, as package intent states it.
func admits(m *intent.Model, p point) bool {
	if !judged(m, p, intent.Dialled) {
		return false
	}
	for _, t := range m.Transport {
		if t.Side != intent.Served || !p.holds(t.Scope.Subject) {
			continue
		}
		if t.Mode == intent.Strict && p.clientNS == "" && (t.Accounts || !p.machine) {
			return false
		}
		if t.Mode == intent.Plain {
			p.clientNS, p.sa, p.machine = "", "", false
		}
		break
	}
	if p.badToken && slices.ContainsFunc(m.Tokens, func(t *intent.Tokens) bool { return p.holds(t.Scope.Subject) }) {
		return false
	}
	return judged(m, p, intent.Served)
}

func judged(m *intent.Model, p point, side intent.Side) bool {
	allowed := false
	for _, a := range m.Access {
		if a.Mode != intent.Enforced || a.Side != side || !p.holds(a.Scope.Subject) || !p.holds(a.Scope.Client) || !p.holds(a.When) {
			continue
		}
		switch a.Effect {
		case intent.Deny:
			return false
		case intent.Ask:
			if !p.agreed {
				return false
			}
		case intent.Allow:
			allowed = true
		}
	}
	if allowed {
		return true
	}
	for _, d := range m.Default {
		if d.Side == side && p.holds(d.Scope.Subject) && p.holds(d.Scope.Client) {
			return d.Effect == intent.Allow
		}
	}
	return side == intent.Dialled
}
