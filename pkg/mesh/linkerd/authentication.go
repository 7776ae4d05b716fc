package linkerd

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// authentication is what one AuthorizationPolicy demands of clients: one of the
// identities, if there are any, and one of the networks, if there are any.
type authentication struct {
	identities []identity
	networks   []network
}

// manyClients bounds the alternatives of one policy.
const manyClients = 4096

// authentication takes a predicate on clients apart; why says why one policy
// cannot demand it.
func (i identities) authentication(clients match.Expr) (a authentication, why string) {
	dnf, ok := match.DNF(clients, manyClients)
	if !ok {
		return a, "it has too many alternatives"
	}
	if len(dnf) == 0 {
		return a, "it holds for nobody"
	}
	if a.identities = i.each(dnf); a.identities != nil {
		return a, ""
	}
	pairs := map[[2]string]bool{}
	ids, nets := map[string][]identity{}, map[string][]network{}
	for _, ls := range dnf {
		id, address, why := i.split(ls)
		if why != "" {
			return a, why
		}
		key := [2]string{keysOf(id), keysOf(address)}
		pairs[key] = true
		ids[key[0]], nets[key[1]] = id, address
	}
	if len(pairs) != len(ids)*len(nets) || mixed(ids) || mixed(nets) {
		return a, "it joins identities and addresses other than as any of these from any of those"
	}
	for _, id := range ids {
		a.identities = append(a.identities, id...)
	}
	for _, n := range nets {
		a.networks = append(a.networks, n...)
	}
	a.sort()
	return a, ""
}

// each are the identities of alternatives of which each demands one, from anywhere; nil
// where they demand more or less.
func (i identities) each(dnf [][]match.Literal) []identity {
	out := make([]identity, 0, len(dnf))
	for _, ls := range dnf {
		if len(ls) == 0 || slices.ContainsFunc(ls, func(l match.Literal) bool { return !l.Atom.Field.Identity() }) {
			return nil
		}
		d, ok := i.write(ls)
		if !ok {
			return nil
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, identity.compare)
	return slices.CompactFunc(out, func(x, y identity) bool { return x.compare(y) == 0 })
}

func (a *authentication) sort() {
	slices.SortFunc(a.identities, identity.compare)
	slices.SortFunc(a.networks, func(x, y network) int {
		return cmp.Or(cmp.Compare(x.block.Addr().BitLen(), y.block.Addr().BitLen()), x.block.Addr().Compare(y.block.Addr()), cmp.Compare(x.key(), y.key()))
	})
	a.networks = slices.CompactFunc(a.networks, func(x, y network) bool { return x.key() == y.key() })
}

// split parts one alternative into an identity and networks; none is no demand.
func (i identities) split(ls []match.Literal) (id []identity, address []network, why string) {
	var client, peer []match.Literal
	for _, l := range ls {
		switch {
		case l.Atom.Field.Identity():
			client = append(client, l)
		case l.Atom.Field == match.ClientIP:
			peer = append(peer, l)
		default:
			return nil, nil, "it tests the " + l.Atom.Field.String()
		}
	}
	if len(client) > 0 {
		d, ok := i.write(client)
		if !ok {
			return nil, nil, "no identity is spelled so"
		}
		id = []identity{d}
	}
	if len(peer) > 0 {
		n, ok := networksOf(peer)
		if !ok {
			return nil, nil, "no network is spelled so"
		}
		address = n
	}
	return id, address, ""
}

// keyed is what can be told apart by a text.
type keyed interface{ key() string }

func keysOf[T keyed](all []T) string {
	keys := make([]string, len(all))
	for i, x := range all {
		keys[i] = x.key()
	}
	return strings.Join(keys, " ")
}

// mixed reports whether some alternatives demand something and others nothing.
func mixed[T keyed](by map[string][]T) bool {
	_, none := by[""]
	return none && len(by) > 1
}
