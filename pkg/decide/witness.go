package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// String writes the request as a command that could send it, with who sends it:
// "curl -X POST http://cart.shop:80/admin as shop/web". A connection that is not
// HTTP reads "connect cart.shop:6379 as shop/web".
func (r Request) String() string {
	client := "as " + r.Client
	switch {
	case !r.Entry.IsZero():
		return r.At.Sent(r.address(), "through "+r.Entry.String())
	case r.Client == "":
		return r.At.Sent(r.address(), "by any client")
	case r.Client == withoutIdentity:
		client = "without identity"
	}
	q := r.At.Clone()
	if trust, _ := q.Lookup(match.ClientTrust, ""); strings.HasPrefix(r.Client, trust+"/") || trust == r.trust {
		q.Unset(match.ClientTrust, "") // said by the name, or the mesh's own
	}
	if _, named := q.Lookup(match.Token, "principal"); named {
		q.Unset(match.Token, "issuer").Unset(match.Token, "subject") // said by the principal
	}
	return q.Sent(r.address(), client)
}

// address is what is put into the command: a name that clients can use, or a
// description of the pod where no Service leads to it.
func (r Request) address() string {
	host := r.Host.DNS
	switch {
	case !r.Host.Service.IsZero():
		host = r.Host.Service.Name + "." + r.Host.Service.Namespace
	case host == "" && r.Server != "":
		host = "<" + r.Server + ">"
	case host == "":
		host = "<any host>"
	}
	port := r.Port
	if port == 0 {
		return host
	}
	return host + ":" + itoa(port)
}

// concrete is a host that a table for a wildcard is about, and no other table.
func concrete(h intent.Host, ts ...tables) intent.Host {
	if !wildcard(h) {
		return h
	}
	below := strings.TrimPrefix(strings.TrimPrefix(h.DNS, "*"), ".")
	if below == "" {
		below = "example.com"
	}
	taken := func(dns string) bool {
		return slices.ContainsFunc(ts, func(t tables) bool { return t.have(dns) })
	}
	dns := "www." + below
	for i := 2; taken(dns); i++ {
		dns = "www" + itoa(i) + "." + below
	}
	return intent.Host{DNS: dns}
}

// familiarPorts are tried where a witness needs a port that nothing names.
var familiarPorts = []int{80, 8080, 443, 8443, 8000, 9000, 3000, 5000, 9999, 10080}

// unnamed is a port that none of these is; 0 if all familiar ones are named.
func unnamed(named []int) int {
	for _, p := range familiarPorts {
		if !slices.Contains(named, p) {
			return p
		}
	}
	return 0
}
