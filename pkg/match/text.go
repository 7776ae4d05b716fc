package match

import (
	"fmt"
	"slices"
	"strings"
)

// fieldNames are what people call the attributes.
var fieldNames = map[Field]string{
	Path: "path", Method: "method", Scheme: "scheme", Host: "host", Authority: "authority", Header: "header", Query: "query", Token: "token",
	Protocol: "protocol", SNI: "sni", Port: "port", ServicePort: "service port", DestIP: "destination", ClientIP: "address", RemoteIP: "forwarded address",
	ClientNamespace: "client namespace", ClientAccount: "client account", ClientTrust: "trust domain", ClientIdentity: "client identity",
	ClientLabel: "client label", Namespace: "namespace", Label: "label", Account: "account", Service: "service",
}

// String names the attribute for people.
func (f Field) String() string { return fieldNames[f] }

// String writes an expression for people: "path /foo* and method GET and not
// client namespace web". True is "any request", False "no request".
func String(e Expr) string { return text(Simplify(e), false) }

func text(e Expr, nested bool) string {
	switch e := e.(type) {
	case And:
		if len(e) == 0 {
			return "any request"
		}
		return group(e, " and ", nested)
	case Or:
		if len(e) == 0 {
			return "no request"
		}
		return group(e, " or ", nested)
	case Not:
		return "not " + text(e.X, true)
	case Atom:
		return e.String()
	}
	panic("match: unknown expression")
}

func group(es []Expr, word string, nested bool) string {
	parts := make([]string, len(es))
	for i, x := range es {
		parts[i] = text(x, true)
	}
	s := strings.Join(parts, word)
	if nested {
		return "(" + s + ")"
	}
	return s
}

// String writes the atom for people.
func (a Atom) String() string {
	s := fieldNames[a.Field]
	if a.Key != "" {
		s += " " + a.Key
	}
	if a.Field == ClientAccount && a.Op == Present {
		return "with identity"
	}
	s += " " + a.valueText()
	if a.Fold {
		s += " ignoring case"
	}
	return s
}

func (a Atom) valueText() string {
	v := a.Value
	if v == "" && a.Op != Present || strings.ContainsAny(v, " ,()") {
		v = fmt.Sprintf("%q", v)
	}
	switch a.Op {
	case Exact:
		return v
	case Prefix:
		return v + "*"
	case Segments:
		return strings.TrimRight(v, "/") + "/..."
	case Suffix:
		return "*" + v
	case Template:
		return "template " + v
	case Regex:
		return "~ " + v
	case Search:
		return "~~ " + v
	case Present:
		return "present"
	case CIDR:
		return "in " + v
	}
	panic("match: unknown operator")
}

// Clone copies a request.
func (r *Request) Clone() *Request {
	c := &Request{}
	for a, v := range r.values {
		c.Set(a.Field, a.Key, v)
	}
	return c
}

// String writes a request as a command that could send it, with who sends it:
// "curl -X POST http://cart.shop/admin -H 'x-a: 1' as shop/web".
func (r *Request) String() string {
	get := func(f Field) string { v, _ := r.Lookup(f, ""); return v }
	if get(Protocol) == "tcp" {
		return "connect" + hostPort(get) + r.rest()
	}
	s := "curl"
	if m := get(Method); m != "" && m != "GET" {
		s += " -X " + m
	}
	scheme := get(Scheme)
	if scheme == "" {
		scheme = "http"
	}
	path := get(Path)
	if path == "" {
		path = "/"
	}
	host := strings.TrimPrefix(hostPort(get), " ")
	if host == "" {
		host = "HOST"
	}
	return s + " '" + scheme + "://" + host + path + r.queryText() + "'" + r.rest()
}

func hostPort(get func(Field) string) string {
	host := get(Authority)
	if host == "" {
		host = get(Host)
	}
	for _, f := range []Field{ServicePort, Port} {
		if p := get(f); p != "" && !strings.Contains(host, ":") {
			return " " + host + ":" + p
		}
	}
	if host == "" {
		return ""
	}
	return " " + host
}

func (r *Request) keyed(f Field) []attribute {
	var out []attribute
	for a := range r.values {
		if a.Field == f {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b attribute) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func (r *Request) queryText() string {
	var parts []string
	for _, a := range r.keyed(Query) {
		parts = append(parts, a.Key+"="+r.values[a])
	}
	if parts == nil {
		return ""
	}
	return "?" + strings.Join(parts, "&")
}

// rest writes headers, the client and what no command line says.
func (r *Request) rest() string {
	var b strings.Builder
	for _, a := range r.keyed(Header) {
		fmt.Fprintf(&b, " -H '%s: %s'", a.Key, r.values[a])
	}
	ns, _ := r.Lookup(ClientNamespace, "")
	account, _ := r.Lookup(ClientAccount, "")
	identity, _ := r.Lookup(ClientIdentity, "")
	switch {
	case identity != "":
		b.WriteString(" as " + identity)
	case ns != "" && account != "":
		b.WriteString(" as " + ns + "/" + account)
	case ns != "":
		b.WriteString(" as someone of " + ns)
	case account != "":
		b.WriteString(" as account " + account)
	default:
		b.WriteString(" without identity")
	}
	for _, f := range []Field{ClientTrust, ClientIP, RemoteIP, SNI, DestIP} {
		if v, ok := r.Lookup(f, ""); ok {
			b.WriteString(", " + fieldNames[f] + " " + v)
		}
	}
	for _, f := range []Field{Token, ClientLabel} {
		for _, a := range r.keyed(f) {
			b.WriteString(", " + fieldNames[f] + " " + a.Key + " " + r.values[a])
		}
	}
	return b.String()
}
