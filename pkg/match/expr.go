// Package match is the one language for "which requests": routes, access rules
// and the scopes of all facts use it, in every mesh.
//
// An Expr is a predicate over a Request. Atoms test one attribute with one
// operator; And, Or and Not combine them. An attribute may be absent (a header
// that was not sent, the namespace of a client that has no identity): then
// every atom on it is false, and its Not is true.
//
// String atoms denote languages, which are decided exactly (language.go), by
// comparing strings where that is enough and on automata otherwise. Overlap and
// Implies answer with a witness; Outcomes and Differ cut all requests by what
// first-match tables say. A Space remembers compiled patterns between questions.
package match

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/place"
)

// Expr is a predicate over a Request. A nil Expr holds always, like an empty
// And.
type Expr interface{ isExpr() }

type (
	// And holds where all members hold; empty, it holds everywhere.
	And []Expr
	// Or holds where one member holds; empty, it holds nowhere.
	Or []Expr
	// Not holds where X does not.
	Not struct{ X Expr }
)

// Atom tests one attribute of a request.
type Atom struct {
	Field Field
	Op    Op
	// Fold makes the comparison ignore ASCII letter case; of Regex and Search, as
	// RE2's (?i) does.
	Fold bool
	// Key is the name of the header (lower case), query parameter, label, or
	// token property; empty for fields that have none.
	Key   string
	Value string
	// Ref is the input value that asked for this atom, or nil; not part of equality.
	Ref *place.Ref
}

func (And) isExpr()  {}
func (Or) isExpr()   {}
func (Not) isExpr()  {}
func (Atom) isExpr() {}

// True holds everywhere and False nowhere.
var (
	True  Expr = And{}
	False Expr = Or{}
)

// Op is how an atom compares.
type Op uint8

const (
	Exact    Op = iota // the value itself
	Prefix             // a raw string prefix: "/foo" matches "/foobar"
	Segments           // a prefix of whole path segments: "/foo" and "/foo/" match "/foo" and "/foo/x", not "/foobar"; "/" matches all paths
	Suffix             // a raw string suffix
	Template           // Istio's path templates: "{*}" is one segment, "{**}" the rest
	Regex              // RE2, the whole value
	Search             // RE2, anywhere in the value
	Present            // the attribute is there; Value is unused
	CIDR               // an address within the block; Value is a prefix such as "10.0.0.0/8"
	Sole               // the value itself, and no other beside it: of attributes that can have Many
)

// Field is an attribute of a request.
type Field uint8

const (
	// Of the HTTP request; absent on connections that are not HTTP.
	Path      Field = iota // without query string, as the proxy sees it after the mesh's normalisation
	Method                 // case-sensitive
	Scheme                 // http or https
	Host                   // the host addressed, lower case, without port
	Authority              // the :authority or Host header as sent, with its port if one was sent
	Header                 // Key is the name in lower case; repeated headers are joined with ","
	Query                  // Key is the parameter's name; "" is the whole query string, absent where there is none
	// Token is a property of the validated JWT: Key "principal" (issuer/subject),
	// "issuer", "subject", "audience", "presenter", or "claim:" followed by the
	// claim's path with dots; a dot within a name is written `\.`. Absent where no
	// valid token came. Audiences and claims can have Many values.
	Token
	// Of the connection.
	Protocol // "http" or "tcp": how the server's proxy treats the connection
	SNI
	Port        // the workload's port number, in decimal: of access, transport and scopes
	ServicePort // the Service's port number that the client addressed, in decimal: of routing
	DestIP      // original destination
	ClientIP    // the peer's address as the server's proxy sees it
	RemoteIP    // the client's address by X-Forwarded-For or proxy protocol
	// Of the client. All but ClientLabel are what its certificate says: absent
	// for a client without identity. Namespace and account come together, and are
	// absent also where the identity is no service account's, such as the SPIFFE
	// name of a machine. ClientLabel is a label of its pod.
	ClientNamespace
	ClientAccount  // service account name
	ClientTrust    // trust domain
	ClientIdentity // the identity as the mesh spells it: of every client that has one
	ClientLabel
	// Of the subject, the workload that a fact is about: only in scopes.
	Namespace
	Label
	Account
	Service // "namespace/name" of a Service that selects the workload; Many can
	// DestHost is what a caller addressed outside of the cluster: a name in lower
	// case, or an address by itself. Absent where a workload is called.
	DestHost
	// Found is what a filter of the server's proxy found out: Key is its place as the mesh
	// names it. Absent where it found nothing. Keys that end in ListKey can have Many
	// values.
	Found
)

// ListKey ends the key of a list among what filters Found.
const ListKey = "[]"

// Separator stands between the values of an attribute that has Many.
const Separator = "\n"

// Many reports whether the attribute can have several values at once, joined by
// Separator: an atom then holds where it holds for one of them; of Sole, where it
// is the only one.
func (f Field) Many(key string) bool {
	return f == Service || f == Found && strings.HasSuffix(key, ListKey) || f == Token && (key == "audience" || strings.HasPrefix(key, "claim:"))
}

// HTTP reports whether the attribute exists only in HTTP requests.
func (f Field) HTTP() bool { return f <= Token }

// Client reports whether the attribute belongs to the client; these are judged
// together, since a client has them together.
func (f Field) Client() bool { return f >= ClientIP && f <= ClientLabel }

// Identity reports whether the attribute is absent for a client without
// identity.
func (f Field) Identity() bool { return f >= ClientNamespace && f <= ClientIdentity }

// named reports whether the attribute is part of a service account's identity.
func (f Field) named() bool { return f == ClientNamespace || f == ClientAccount }

// Subject reports whether the attribute belongs to the workload that a fact is
// about.
func (f Field) Subject() bool { return f >= Namespace && f <= Service || f == Port }

// Place is the input value that asked for the atom; the zero Ref where none did.
func (a Atom) Place() place.Ref {
	if a.Ref == nil {
		return place.Ref{}
	}
	return *a.Ref
}
