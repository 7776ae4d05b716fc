package consul

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// intention is one source of one destination.
type intention struct {
	object              *source.Object
	node                value
	source, destination service
	precedence          int
	action              action
	permissions         []*permission
	token               *tokenDemand
	name, comment       string
	used                bool // something in the model stems from it
	byAll               bool // that of all sources decides the same somewhere without it
}

// action is what an intention does.
type action uint8

const (
	allow action = iota
	deny
	layer7 // as its permissions say
)

// origin is what facts of an intention stem from.
func (x *intention) origin() intent.Origin {
	return intent.From(x.node.Node.Ref(), specOf(x.object).get("destination").Node.Ref())
}

// readIntentions reads all intentions. What a destination guards is withheld where
// its intentions are refused.
func (r *reader) readIntentions() []*intention {
	var all []*intention
	seen := map[service]*source.Object{}
	for _, o := range r.of(kindIntentions) {
		spec := specOf(o)
		r.home(o)
		dest := r.destination(o, spec)
		var own []*intention
		token := r.tokenDemand(spec.get("jwt"))
		sources := spec.get("sources")
		if len(sources.items()) == 0 {
			spec.Node.Reject("has no sources")
		}
		for _, n := range sources.items() {
			if x := r.source(o, n, dest, token); x != nil {
				own = append(own, x)
			}
		}
		repeatedSource(own)
		if old := seen[dest]; old != nil {
			r.refuse(o, dest, "there are intentions for the destination already", old)
			continue
		}
		seen[dest] = o
		if why := r.refused(dest, own, token); why != "" {
			r.refuse(o, dest, why, nil)
			continue
		}
		all = append(all, own...)
	}
	return all
}

// destination is whom intentions guard.
func (r *reader) destination(o *source.Object, spec value) service {
	d := service{r.consulNamespace(o), o.Name}
	if o.Group() == group {
		n := spec.get("destination")
		d.name = n.get("name").text()
		if kept := r.onlyEnterprise(n, "namespace"); len(kept) > 0 {
			d.ns = kept[0].text()
		}
	}
	if d.name == "" || d.name != anyName && strings.Contains(d.name, anyName) {
		spec.Node.Reject("names no destination")
	}
	return d
}

// source reads one source; nil where it is not of this cluster.
func (r *reader) source(o *source.Object, n value, dest service, token *tokenDemand) *intention {
	x := &intention{object: o, node: n, destination: dest, source: service{exactNamespace(dest), n.get("name").text()}, token: token}
	x.name, x.comment = "", n.get("description").text()
	if len(x.comment) > longestDescription {
		n.get("description").Node.Reject("is longer than 512 characters")
	}
	for _, key := range []string{"precedence", "legacyID", "legacyMeta", "legacyCreateTime", "legacyUpdateTime"} {
		if v := n.get(key); !v.missing() {
			v.Node.Skip("set by Consul's servers")
		}
	}
	if v := n.get("type"); !v.missing() {
		if v.text() != "consul" {
			v.Node.Reject("is not consul")
		}
	}
	if kept := r.onlyEnterprise(n, "namespace"); len(kept) > 0 {
		x.source.ns = kept[0].text()
	}
	foreign := r.onlyEnterprise(n, "partition", "samenessGroup")
	if peer := n.get("peer"); !peer.missing() && peer.text() != "" {
		foreign = append(foreign, peer)
	}
	if x.source.name == "" || x.source.name != anyName && strings.Contains(x.source.name, anyName) {
		n.Node.Reject("names no source")
	}
	r.verdict(x)
	if len(foreign) > 0 {
		r.foreign(x)
		return nil
	}
	x.precedence = 9 - 3*dest.wild() - x.source.wild()
	return x
}

// longestDescription bounds that of a source, in bytes.
// agent/structs/config_entry_intentions.go metaValueMaxLength
const longestDescription = 512

// exactNamespace is the namespace that sources without one are in.
func exactNamespace(dest service) string {
	if dest.ns == anyName {
		return "default"
	}
	return dest.ns
}

// verdict reads what an intention does.
func (r *reader) verdict(x *intention) {
	act, perms := x.node.get("action"), x.node.get("permissions")
	for _, p := range perms.items() {
		x.permissions = append(x.permissions, r.permission(p))
	}
	switch {
	case len(x.permissions) > 0 && act.text() != "":
		x.node.Node.Reject("has both an action and permissions")
	case len(x.permissions) > 0:
		x.action = layer7
	default:
		x.action = readAction(x.node, act)
	}
	if len(x.permissions) > 0 && x.destination.wild() > 0 {
		perms.Node.Reject("cannot stand for all destinations")
	}
}

// readAction reads allow or deny of a map.
func readAction(of, act value) action {
	switch act.text() {
	case "allow":
		return allow
	case "deny":
	case "":
		if act.missing() {
			of.Node.Reject("has no action")
		} else {
			act.Node.Reject("is neither allow nor deny")
		}
	default:
		act.Node.Reject("is neither allow nor deny")
	}
	return deny
}

// foreign keeps a source of another cluster, whose clients the model cannot name.
// By itself it lets in none of this cluster.
func (r *reader) foreign(x *intention) {
	op := r.field(x.object, x.node, "its clients are in another cluster")
	op.Instead = "where the target joins the clusters, say by hand what its clients may do, by the names that their certificates have there: those of the other cluster's trust domain"
	op.Security, op.Admits = x.action != allow, x.action == allow
	r.foreignDemands = append(r.foreignDemands, x.demands()...)
	op.Scope = intent.Scope{Subject: r.names.subject(x.destination, x.node.Node.Ref())}
}

// repeatedSource refuses a second source of the same name.
func repeatedSource(own []*intention) {
	for i, x := range own {
		if slices.ContainsFunc(own[:i], func(y *intention) bool { return y.source == x.source }) {
			x.node.Node.Reject("names a source twice")
		}
	}
}

// refused says why Consul's servers refuse intentions for what else the input
// says, or "".
func (r *reader) refused(dest service, own []*intention, token *tokenDemand) string {
	if dest.wild() == 0 && !r.http(dest) {
		for _, x := range own {
			if x.action == layer7 {
				return "its destination has protocol tcp, which is incompatible with permissions"
			}
		}
	}
	demands := []*tokenDemand{token}
	for _, x := range own {
		for _, p := range x.permissions {
			demands = append(demands, p.token)
		}
	}
	for _, d := range demands {
		if name := d.unknown(); name != "" {
			return "there is no valid JWTProvider " + name
		}
	}
	return ""
}

// refuse withholds what the intentions of an object may have guarded.
func (r *reader) refuse(o *source.Object, dest service, why string, other *source.Object) {
	at := intent.From(o.Ref())
	if other != nil {
		at = append(at, other.Ref())
	}
	r.withheld = append(r.withheld, &intent.Default{
		Home: r.home(o), Scope: intent.Scope{Subject: r.names.subject(dest, o.Ref())}, Effect: intent.Deny, Withheld: true,
		Why: o.Ref().Object + " is refused by Consul: " + why, From: intent.From(o.Ref()),
	})
	r.diags.Tell(diag.InvalidObject, o.Ref().Object+": "+why, "its servers refuse it; requests to "+dest.String()+" count as denied", "correct it, or add what it depends on to the input", at...)
}

// client is a predicate for the clients of a source. Where their account is
// guessed, that is said once.
func (r *reader) client(x *intention) match.Expr {
	e, guessed := r.names.client(x.source, x.node.Node.Ref())
	if guessed && !r.guesses[x.source] {
		r.guesses[x.source] = true
		r.diags.Tell(diag.Assumption, "the clients of service "+x.source.String()+" are taken to run as service account "+x.source.name,
			"the input shows no workload of the service, and without ACLs any workload may call itself by its name", "add its Service and workloads to the input, or say consul.acls", x.node.Node.Ref())
	}
	if many := r.names.find(x.source); len(many) > 1 {
		r.ambiguous(x.source, many, x.node)
	}
	return e
}

// ambiguous says that several Services are one service of Consul.
func (r *reader) ambiguous(s service, many []*intent.Service, at value) {
	key := service{"ambiguous", s.name}
	if r.guesses[key] {
		return
	}
	r.guesses[key] = true
	var where []string
	for _, x := range many {
		where = append(where, x.Name.Namespace)
	}
	r.diags.Tell(diag.Assumption, "service "+s.String()+" is in several namespaces: "+strings.Join(where, ", "),
		"the community edition of Consul takes them for one service, and so does the translation", "rename all but one of them", at.Node.Ref())
}
