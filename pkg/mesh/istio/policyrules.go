package istio

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// What Istio's webhook and its custom resource definitions reject beside wrong
// types: pkg/config/validation ValidateAuthorizationPolicy, pkg/config/security.

// identityFields are the fields of a source, and identityKeys how the keys of
// conditions begin, that CUSTOM policies cannot test.
var (
	identityFields = []string{
		"principals", "notPrincipals", "namespaces", "notNamespaces", "serviceAccounts", "notServiceAccounts",
		"trustDomains", "notTrustDomains", "requestPrincipals", "notRequestPrincipals",
	}
	identityKeys = []string{"source.namespace", "source.serviceAccount", "source.trustDomain", "source.principal", "request.auth."}
)

const maxAccounts = 16

// checkSource rejects sources that name clients in ways that exclude each other,
// or that providers are not asked about.
func (p *authorization) checkSource(n *source.Node) {
	for _, key := range identityFields {
		if p.effect == intent.Ask && len(n.Get(key).Items()) > 0 {
			n.Get(key).Reject("cannot be tested by CUSTOM policies")
		}
	}
	accounts := append(n.Get("serviceAccounts").Items(), n.Get("notServiceAccounts").Items()...)
	for _, key := range identityFields[:4] {
		if len(accounts) > 0 && len(n.Get(key).Items()) > 0 {
			n.Get(key).Reject("stands beside service accounts")
		}
	}
	for _, key := range identityFields[4:6] {
		if len(n.Get(key).Items()) > maxAccounts {
			n.Get(key).Reject("has more than 16 values")
		}
	}
}

// checkKey rejects conditions on what is not named, or that providers are not
// asked about.
func (p *authorization) checkKey(n *source.Node) {
	key := n.Get("key")
	if key == nil {
		n.Reject("has no key")
	}
	for _, k := range identityKeys {
		if p.effect == intent.Ask && strings.HasPrefix(key.Str(), k) {
			key.Reject("cannot be tested by CUSTOM policies")
		}
	}
	if strings.HasSuffix(key.Str(), "[]") {
		key.Reject("names nothing in its brackets")
	}
}

func checkAccount(n *source.Node) {
	ns, name, qualified := strings.Cut(n.Str(), "/")
	if strings.Contains(n.Str(), "*") || strings.Contains(name, "/") || qualified && (ns == "" || name == "") {
		n.Reject("is no service account, with or without its namespace")
	}
}

func checkTrustDomain(n *source.Node) {
	s := n.Str()
	inner := strings.TrimPrefix(s, "*")
	if inner == s {
		inner = strings.TrimSuffix(s, "*")
	}
	if strings.ContainsAny(inner, "*/") {
		n.Reject("is no trust domain, nor one with a wildcard at one end")
	}
}

// literal is a segment of a path that a template may hold.
var literal = regexp.MustCompile("^[a-zA-Z0-9-._~%!$&'()+,;:@=]+$")

// checkPath rejects braces that are no template, and templates that go on behind
// their "{**}".
func checkPath(n *source.Node) {
	template, rest := isTemplate(n.Str()), false
	for _, segment := range strings.Split(strings.Trim(n.Str(), "/"), "/") {
		wild := segment == "{*}" || segment == "{**}"
		switch {
		case wild && rest:
			n.Reject("has a wildcard behind {**}")
		case !wild && strings.ContainsAny(segment, "{}"):
			n.Reject("has braces that are neither {*} nor {**}")
		case !wild && template && !literal.MatchString(segment):
			n.Reject("is a template with characters that no path has")
		}
		rest = rest || segment == "{**}"
	}
}

func isTemplate(path string) bool {
	return strings.Contains(path, "{*}") || strings.Contains(path, "{**}")
}

// checkSelector rejects labels that no selector of a policy may have.
func checkSelector(n *source.Node) {
	for _, e := range entries(n) {
		switch {
		case e.Key == "":
			e.Value.Reject("is for a label without a name")
		case strings.Contains(e.Key+e.Value.Str(), "*"):
			e.Value.Reject("has a wildcard, which selectors do not know")
		}
	}
}
