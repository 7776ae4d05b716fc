package match

import (
	"strconv"
	"strings"
)

// fieldNames are what people call the attributes.
var fieldNames = map[Field]string{
	Path: "path", Method: "method", Scheme: "scheme", Host: "host", Authority: "authority", Header: "header", Query: "query", Token: "token",
	Protocol: "protocol", SNI: "sni", Found: "finding", Port: "port", ServicePort: "service port", DestIP: "destination", ClientIP: "address", RemoteIP: "forwarded address",
	ClientNamespace: "client namespace", ClientAccount: "client account", ClientTrust: "trust domain", ClientIdentity: "client identity",
	ClientLabel: "client label", Namespace: "namespace", Label: "label", Account: "account", Service: "service", DestHost: "host outside",
}

// presences say in words that an attribute is there.
var presences = map[Field]string{ClientAccount: "with identity", ClientIdentity: "with any identity", DestHost: "out of the cluster"}

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
	if text := presences[a.Field]; text != "" && a.Op == Present {
		return text
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
		v = strconv.Quote(v)
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
	case Sole:
		return "only " + v
	}
	panic("match: unknown operator")
}
