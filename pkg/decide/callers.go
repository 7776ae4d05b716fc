package decide

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// caller is a client of the inventory, as servers tell clients apart.
type caller struct {
	namespace, account string
	labels             []intent.Pair
}

// maxCallers bounds the clients that are tried as senders of a witness.
const maxCallers = 500

// callersOf lists the clients that either inventory shows: its workloads, then
// accounts of which it shows no workload.
func callersOf(models ...*intent.Model) []caller {
	var out []caller
	seen := map[string]bool{}
	add := func(c caller) {
		key := c.namespace + "/" + c.account
		for _, l := range c.labels {
			key += " " + l.Key + "=" + l.Value
		}
		if !seen[key] && len(out) < maxCallers {
			seen[key], seen[c.namespace+"/"+c.account] = true, true
			out = append(out, c)
		}
	}
	for _, m := range models {
		for _, w := range m.Inventory.Workloads {
			if account, ok := w.Calling().Lookup(match.ClientAccount, ""); ok {
				add(caller{w.Name.Namespace, account, w.Labels})
			}
		}
	}
	for _, m := range models {
		for _, n := range m.Inventory.Accounts {
			add(caller{namespace: n.Namespace, account: n.Name})
		}
	}
	return out
}

// sends is a request as this client would send it; labels are the keys that
// anything asks for.
func (c caller) sends(q *match.Request, labels []string) *match.Request {
	out := q.Clone()
	out.Set(match.ClientNamespace, "", c.namespace).Set(match.ClientAccount, "", c.account)
	for _, k := range labels {
		if v, ok := intent.Lookup(c.labels, k); ok {
			out.Set(match.ClientLabel, k, v)
		} else {
			out.Unset(match.ClientLabel, k)
		}
	}
	return out
}

// named is whom a request names as its sender.
func named(q *match.Request) caller {
	ns, _ := q.Lookup(match.ClientNamespace, "")
	account, _ := q.Lookup(match.ClientAccount, "")
	return caller{namespace: ns, account: account}
}

// cast gives a witness a sender that exists: the client of the inventory that it
// names, or the first with whom it shows the same, those of the server's namespace
// before others, and the server itself last; all lists the clients of the inventory with whom it does. Where there
// is none, the request stays and all is empty. An identity in the spelling of a
// mesh is not replaced.
func (c *comparison) cast(q *match.Request, in scene) (w *match.Request, all []caller) {
	if _, spelled := q.Lookup(match.ClientIdentity, ""); spelled {
		return q, nil
	}
	var labels []string
	for _, v := range q.Values(match.ClientLabel) {
		labels = append(labels, v.Key)
	}
	if c.callers == nil {
		c.callers = callersOf(c.a, c.b)
	}
	if len(c.callers) == 0 || !in.asks && !in.shows(c.callers[0].sends(q, labels)) {
		return q, nil
	}
	var ranks [maxCallers]uint8
	for i, sender := 0, named(q); i < len(c.callers); i++ {
		ranks[i] = rank(&c.callers[i], &sender, &in.to)
	}
	for want := range uint8(lowestRank + 1) {
		for i := range c.callers {
			if ranks[i] != want {
				continue
			}
			as := c.callers[i].sends(q, labels)
			if in.asks && !in.shows(as) {
				continue
			}
			if all = append(all, c.callers[i]); w == nil {
				w = as
			}
			if !c.o.Clients {
				return w, all
			}
		}
	}
	if w == nil {
		return q, nil
	}
	return w, all
}

// lowestRank is that of the server itself, as the sender of a witness.
const lowestRank = 3

// rank orders clients as senders of a request to a server.
func rank(x, sender, to *caller) uint8 {
	switch here := x.namespace == to.namespace; {
	case x.namespace == sender.namespace && x.account == sender.account:
		return 0
	case here && x.account == to.account:
		return lowestRank
	case here:
		return 1
	}
	return 2
}

// scene is where a witness is to be cast.
type scene struct {
	to    caller // the server
	shows func(*match.Request) bool
	// asks says that it makes a difference who sends a request.
	asks bool
}

// asksClients reports whether a predicate asks who sends a request.
func asksClients(e match.Expr) bool {
	asks := false
	match.Atoms(e, func(a match.Atom, _ bool) { asks = asks || a.Field.Client() })
	return asks
}

// senderText says who sends a witness.
func (c *comparison) senderText(q *match.Request, all []caller, shows func(*match.Request) bool) string {
	ns, identified := q.Lookup(match.ClientNamespace, "")
	account, _ := q.Lookup(match.ClientAccount, "")
	spelled, _ := q.Lookup(match.ClientIdentity, "")
	switch {
	case len(all) > 0:
		return all[0].namespace + "/" + all[0].account
	case spelled != "":
		return spelled
	case !identified && shows(caller{namespace: "default", account: "default"}.sends(q, nil)):
		return "" // whoever it is
	case !identified:
		return withoutIdentity
	}
	if shows(q.Clone().Set(match.ClientAccount, "", account+"-2")) {
		return "a client of namespace " + ns + " that is not in the input"
	}
	if len(c.callers) > 0 {
		return ns + "/" + account + ", which is not in the input"
	}
	return ns + "/" + account
}

// withoutIdentity is the sender of a request without mutual TLS.
const withoutIdentity = "a client without identity"
