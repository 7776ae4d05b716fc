package cilium

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// peer is whom a rule is about: endpoints by their labels, addresses outside the
// cluster, or entities. A rule has peers of one kind.
type peer struct {
	kind     peerKind
	selector requirements
	block    *match.Atom
	except   []match.Atom
	entity   string
	service  *match.Atom
	host     *match.Atom // a name outside of the cluster, or a pattern for some
}

// peerKind is how peers are named.
type peerKind uint8

const (
	byEntity peerKind = iota
	byLabels
	byAddress
	byService
	byName
)

// entityAll is everyone; entityWorld and entityCluster are what is dialled outside of
// the cluster and what is not.
const (
	entityAll     = "all"
	entityWorld   = "world"
	entityCluster = "cluster"
)

// peerOf says the conditions of one alternative on one side. Conditions on
// labels hold for endpoints only, so that one of them must say that there is a
// namespace or an account; addresses mean no endpoints, which must be said too.
func (p party) peerOf(ls []match.Literal) (out peer, why string) {
	if len(ls) == 0 {
		return peer{entity: entityAll}, ""
	}
	if one, ok := p.named(ls); ok {
		return one, ""
	}
	endpoint, outside := false, false
	var none requirements // what nothing outside of the cluster has
	for _, l := range ls {
		if l.Atom.Field == match.DestHost {
			if l.Not || l.Atom.Op != match.Present {
				return out, "what is outside of the cluster is named by one name, or by blocks"
			}
			outside = true
			continue
		}
		identity := l.Atom.Field == p.namespace || l.Atom.Field == p.account
		switch {
		case l.Atom.Field == p.address && l.Atom.Op == match.CIDR && l.Not:
			out.except = append(out.except, l.Atom)
			continue
		case l.Atom.Field == p.address && l.Atom.Op == match.CIDR && out.block == nil:
			out.block = &l.Atom
			continue
		case l.Atom.Field == p.address:
			return out, "an address is matched by one block of those outside the cluster"
		case p.client && l.Atom.Field == p.trust:
			if why := trustCan(l); why != "" {
				return out, why
			}
			endpoint = true
			out.selector = append(out.selector, requirement{key: keyCluster, values: []match.Atom{l.Atom}})
			continue
		case l.Atom.Field == match.ClientIdentity:
			if why := identityCan(l); why != "" || !strings.HasPrefix(l.Atom.Value, cluster) {
				return out, cmp.Or(why, "an entity has no labels")
			}
			out.selector = append(out.selector, requirement{key: keyCluster, values: []match.Atom{l.Atom}})
			continue
		}
		r, why := p.requirement(l)
		if why != "" {
			return out, why
		}
		endpoint = endpoint || identity && !l.Not
		if identity && l.Not && l.Atom.Op == match.Present {
			outside, none = true, append(none, r)
			continue
		}
		out.selector = append(out.selector, r)
	}
	if !p.client && out.block == nil && !outside {
		endpoint = true // what is dialled is a pod unless an address says otherwise
	}
	if endpoint || out.block == nil {
		out.selector = append(out.selector, none...)
	}
	return out.of(endpoint, outside)
}

// named says alternatives that name whom they are about by one word: an entity,
// or a Service whose pods are meant.
func (p party) named(ls []match.Literal) (out peer, ok bool) {
	if len(ls) == 1 && ls[0].Atom.Field == match.DestHost {
		return outsideOne(ls[0])
	}
	if len(ls) != 1 || ls[0].Not || ls[0].Atom.Op != match.Exact || ls[0].Atom.Fold {
		return out, false
	}
	switch a := ls[0].Atom; {
	case a.Field == match.ClientIdentity && strings.HasPrefix(a.Value, intent.Entity):
		return peer{entity: strings.TrimPrefix(a.Value, intent.Entity)}, true
	case a.Field == match.Service && !p.client && strings.Count(a.Value, "/") == 1:
		return peer{kind: byService, service: &a}, true
	}
	return out, false
}

// outsideOne is what is dialled outside of the cluster, by a name or whatever it is, or
// what is not.
func outsideOne(l match.Literal) (out peer, ok bool) {
	switch _, _, said := namePattern(l.Atom); {
	case l.Atom.Op == match.Present && l.Not:
		return peer{entity: entityCluster}, true
	case l.Atom.Op == match.Present:
		return peer{entity: entityWorld}, true
	case said && !l.Not:
		return peer{kind: byName, host: &l.Atom}, true
	}
	return out, false
}

// identityCan says why an identity that is not told by labels cannot be said.
func identityCan(l match.Literal) string {
	a := l.Atom
	if !l.Not && a.Op == match.Exact && !a.Fold && (strings.HasPrefix(a.Value, cluster) || strings.HasPrefix(a.Value, intent.Entity) && slices.Contains(entities, strings.TrimPrefix(a.Value, intent.Entity))) {
		return ""
	}
	return "a policy knows peers by their labels and addresses"
}

// of decides which kind of peer the conditions name.
func (p peer) of(endpoint, outside bool) (peer, string) {
	switch {
	case endpoint && p.block == nil && len(p.except) == 0:
		p.kind = byLabels
		return p, ""
	case outside && !endpoint && p.block != nil && len(p.selector) == 0:
		p.kind = byAddress
		return p, ""
	case p.block != nil:
		return p, "an address block never means pods"
	}
	return p, "labels are those of pods, which have a namespace"
}

func trustCan(l match.Literal) string {
	if l.Not || l.Atom.Op != match.Exact || l.Atom.Fold {
		return "endpoints are of the trust domain of their cluster"
	}
	return ""
}

// key is equal for peers that are the same.
func (p peer) key() string {
	trust := ""
	if c := p.selector.find(keyCluster); c != nil {
		trust = c.values[0].Value
	}
	return p.field("") + keyText(p.node("")) + trust
}

// field is the field of a rule that lists peers of the kind.
func (p peer) field(direction string) string {
	switch p.kind {
	case byLabels:
		return direction + "Endpoints"
	case byService:
		return direction + "Services"
	case byName:
		return direction + "FQDNs"
	case byAddress:
		if len(p.except) > 0 {
			return direction + "CIDRSet"
		}
		return direction + "CIDR"
	}
	return direction + "Entities"
}

// node prints the peer for a policy of a namespace, "" for those of the cluster.
// Peers of the policy's own namespace are said with it all the same.
func (p peer) node(trust string) *manifest.Node {
	switch p.kind {
	case byEntity:
		return manifest.Str(p.entity)
	case byLabels:
		return p.endpoints(trust).selector()
	case byName:
		return nameNode(*p.host)
	case byService:
		ns, name, _ := strings.Cut(p.service.Value, "/")
		named := manifest.Map().Because(intent.From(p.service.Place())...).Set("serviceName", manifest.Str(name)).Set("namespace", manifest.Str(ns))
		return manifest.Map().Set("k8sService", named)
	}
	from := manifest.Str(blockText(*p.block)).Because(intent.From(p.block.Place())...)
	if len(p.except) == 0 {
		return from
	}
	except := manifest.List()
	for _, a := range p.except {
		except.Append(manifest.Str(blockText(a)).Because(intent.From(a.Place())...))
	}
	return manifest.Map().Set("cidr", from).Set("except", except)
}

// nameNode is one of toFQDNs.
func nameNode(a match.Atom) *manifest.Node {
	text, plain, _ := namePattern(a)
	key := "matchPattern"
	if plain {
		key = "matchName"
	}
	return manifest.Map().Set(key, manifest.Str(text).Because(intent.From(a.Place())...))
}

// endpoints are the requirements with the cluster as selectors say it: clients of
// the trust domain are those of the local cluster, which goes without saying.
func (p peer) endpoints(trust string) requirements {
	rs := p.selector.without(keyCluster)
	if rs.find(keyNamespace) == nil {
		rs = append(rs, requirement{key: keyNamespace})
	}
	switch c := p.selector.find(keyCluster); {
	case c == nil:
		rs = append(rs, requirement{key: keyCluster})
	case c.values[0].Field == match.ClientIdentity:
		name := c.values[0]
		name.Value = strings.TrimPrefix(name.Value, cluster)
		rs = append(rs, requirement{key: keyCluster, values: []match.Atom{name}})
	case trust != "" && c.values[0].Value != trust:
		panic("cilium: clients of another trust domain, which no label tells")
	}
	return rs
}

// blockText is a block as the API wants it: with its length.
func blockText(a match.Atom) string {
	if strings.Contains(a.Value, "/") {
		return a.Value
	}
	if strings.Contains(a.Value, ":") {
		return a.Value + "/128"
	}
	return a.Value + "/32"
}
