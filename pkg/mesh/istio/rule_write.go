package istio

import (
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// writeRule prints one rule; an empty one holds always.
func writeRule(a *intent.Access) *manifest.Node {
	words, why := ruleFor(a.Effect, a.When)
	if why != "" {
		panic("istio: a condition that no rule says: " + why)
	}
	n := manifest.Map().Because(a.From...).Above(a.Comment)
	n.Set("from", writeFields(words.from, "source", sourceFields))
	n.Set("to", writeFields(words.to, "operation", operationFields))
	if len(words.when) > 0 {
		n.Set("when", writeConditions(words.when))
	}
	return n
}

// The fields of sources and operations in the order of the API.
// istio.io/api security/v1 Source and Operation
var (
	sourceFields    = []string{"principals", "requestPrincipals", "namespaces", "serviceAccounts", "ipBlocks", "remoteIpBlocks", "trustDomains"}
	operationFields = []string{"hosts", "ports", "methods", "paths"}
)

// notFields are the fields that list what must not be.
var notFields = map[string]string{
	"principals": "notPrincipals", "requestPrincipals": "notRequestPrincipals", "namespaces": "notNamespaces", "serviceAccounts": "notServiceAccounts",
	"ipBlocks": "notIpBlocks", "remoteIpBlocks": "notRemoteIpBlocks", "trustDomains": "notTrustDomains",
	"hosts": "notHosts", "ports": "notPorts", "methods": "notMethods", "paths": "notPaths",
}

// writeFields prints alternatives, each wrapped in a key; nil for none.
func writeFields(all []fields, wrap string, order []string) *manifest.Node {
	out := manifest.List()
	for _, f := range all {
		n := manifest.Map()
		for _, name := range order {
			for _, not := range []bool{false, true} {
				values := f[fieldKey{name, not}]
				if len(values) == 0 {
					continue
				}
				key := name
				if not {
					key = notFields[name]
				}
				n.Set(key, writeValues(values))
			}
		}
		if len(n.Kids) == 0 {
			return nil
		}
		out.Append(manifest.Map().Set(wrap, n))
	}
	if len(all) == 0 {
		return nil
	}
	return out
}

func writeValues(values []match.Atom) *manifest.Node {
	out := manifest.List()
	for _, v := range values {
		out.Append(manifest.Str(v.Value).Because(intent.From(v.Place())...))
	}
	return out
}

// writeConditions prints conditions sorted by key, what must be and what must not
// be of one attribute together.
func writeConditions(when []fields) *manifest.Node {
	out := manifest.List()
	byKey := map[string]*manifest.Node{}
	for _, f := range when {
		for _, key := range slices.SortedFunc(maps.Keys(f), func(a, b fieldKey) int { return strings.Compare(a.name, b.name) }) {
			list := "values"
			if key.not {
				list = "notValues"
			}
			n := byKey[key.name]
			if n == nil || n.Get(list) != nil {
				n = manifest.Map().Set("key", manifest.Str(key.name))
				byKey[key.name] = n
				out.Append(n)
			}
			n.Set(list, writeValues(f[key]))
		}
	}
	return out
}
