package legal

import (
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Target is what legalization needs to know of a mesh, for one version.
type Target struct {
	// Mesh, Version and Edition name it in reports: "consul", "1.20",
	// "enterprise".
	Mesh, Version, Edition string
	Caps                   Caps
	Route                  RouteForm
	Access                 AccessForm
	// Baseline is what the target does where nothing is said.
	Baseline func(intent.Environment) intent.Baseline
	// Default and Transport are the target's own admission and transport where
	// nothing is said: the catch-all facts that its reader lifts.
	Default   func(intent.Environment) []*intent.Default
	Transport func(intent.Environment) []*intent.Transport
	// Egress is what the target itself does with what leaves the cluster, as its
	// reader lifts it; nil is that all of it passes.
	Egress func(intent.Environment) []*intent.Egress
	// DialsOut says that facts about what callers may dial hold for what leaves the
	// cluster, too, and that nothing else says of that.
	DialsOut bool
	// Holding says of an environment why the target holds nothing back that leaves, ""
	// is that it does, and what else it holds back then; "" is nothing. nil is what
	// Caps say.
	Holding func(intent.Environment) (why, besides string)
	// FailsOpen reports whether a provider that policies may ask lets requests pass where it
	// does not answer; nil is that each policy says so.
	FailsOpen func(env intent.Environment, provider string) bool
	// EgressFor says why what leaves, which can be said of some clients, cannot be so in a
	// model; "" is that it can. nil is always.
	EgressFor func(m *intent.Model, e *intent.Egress) string
	// ExternalDenied says that hosts can be made known only to clients of whom all
	// else that leaves is denied.
	ExternalDenied bool
	// ExternalBeside says why hosts, which can be made known, cannot be so beside
	// others; "" is that they can. nil is always.
	ExternalBeside func(m *intent.Model, said []*intent.External, e *intent.External) string
	// Treats says for a model why nothing can be said of how a Service is treated; "" is
	// that it can. nil is always.
	Treats func(*intent.Model) func(intent.Host) string
	// Beside says for a model why what is said of many hosts at once, which can be said,
	// cannot be so beside what is said of single ones; "" is that it can. nil is always.
	Beside func(*intent.Model) func(*intent.Upstream) string
	// Requests says why nothing can be said of the requests that are sent to what a
	// policy is for, where more can of its connections; "" is that it can. nil is always.
	Requests func(*intent.Model, *intent.Upstream) string
	// OnePort says why nothing can be said of one port of what a policy is for; "" is that
	// it can. nil is always.
	OnePort func(*intent.Model, *intent.Upstream) string
	// Consumers are the callers that the target knows by name, for targets in which
	// each caller says for itself how it limits what it sends and whom it leaves out.
	// nil is that this is said of the endpoints, for all callers.
	Consumers func(*intent.Model) []match.Expr
	// Intake is what, in a model as it is written, the proxies of servers keep to by
	// themselves of what is said of callers; nil is nothing.
	Intake func(*intent.Model) []*intent.Intake
	// OwnIntake is, for targets that say of servers themselves what they keep to, what of a fact
	// can be said in a model, and why not the rest; nil is nothing of it.
	OwnIntake func(*intent.Model) func(*intent.Intake) (said *intent.Intake, why string)
	// Takes is what comes next in the target to limits at a server's own proxy, as advice.
	Takes string
	// Bounds lists the Services without routes whose requests the target bounds by
	// its own timeout for what is said of them besides, for targets in which nothing
	// is bounded of which nothing is said. nil is none.
	Bounds func(*intent.Model) []intent.Host
	// Unenforced says why no policy is enforced in an environment; "" is that they are.
	// nil is always.
	Unenforced func(intent.Environment) string
	// Unsecured says why connections of which mutual TLS was required are not
	// secured so by the output, for targets that say as admission whom it lets in;
	// "" is that they are. nil is that they are always.
	Unsecured func(intent.Environment) string
	// Entry says in the target's words who runs an ingress entry: a class, or the
	// labels of its pods. nil keeps the entry's own.
	Entry func(*intent.Entry) (class string, selector []intent.Pair)
	// Validates says, where some who run the target do not, that certificates of
	// clients at ingress have to be looked at; "" is that all do or that none are asked
	// for.
	Validates string
	// SecretsWithPods says that certificates are Secrets beside the pods of the
	// gateway, and not beside the entry.
	SecretsWithPods bool
	// Keeps names the source meshes whose policies stay in force beside the
	// output, because the target runs on the same data plane
	// (gatewayapi@istio keeps istio's), and for each the kinds of objects that
	// stay.
	Keeps map[string][]string
	// Nearest says what comes next in the target to what other meshes have for a
	// purpose, as advice; a purpose that is missing has nothing like it.
	Nearest map[intent.Purpose]string
	// SPIFFE says that machines outside Kubernetes are known by the names of their
	// certificates alone, and not as the service accounts that pods have; Apart that
	// policies tell them from pods with the same labels.
	SPIFFE, Apart bool
	// Machine is for a model how the target says a machine outside Kubernetes that can be
	// said, or why it cannot; nil is as it is.
	Machine func(*intent.Model) func(*intent.Machine) (now *intent.Machine, why string)
	// Export says for a model why a Service, which can be offered to other clusters as far
	// as the offer goes, cannot be so there, and what to do; "" is that it can. nil is always.
	Export func(*intent.Model) func(*intent.Export) (why, fix string)
	// Exports lists what Services offer to other clusters in the target by labels and
	// annotations of their own; nil is nothing.
	Exports func(*intent.Inventory) []*intent.Export
	// Offers is what has to be there so that offers to other clusters hold, as advice; "" is
	// nothing.
	Offers string
	// ClusterSets is what has to be there so that routes may name the Services of one name of
	// all clusters, as advice; "" is nothing.
	ClusterSets string
	// Joins is what to do so that a machine outside Kubernetes has one of the target's
	// proxies, as advice; "" for targets that have none there.
	Joins string
	// Rate is how the target limits rates of requests.
	Rate RateForm
	// Log is how the target records traffic.
	Log LogForm
	// Limits of the target's objects; zero values are none.
	Limits Limits
}

// RateForm is how the target limits rates of requests.
type RateForm struct {
	// Whole says why a limit, whose parts can each be said, cannot be said in a
	// model; "" is that it can. nil is always.
	Whole func(*intent.Model, *intent.RateLimit) string
	// Together says why a limit cannot be said beside others for the same
	// workloads, which are said already; "" is that it can. nil is always.
	Together func(said []*intent.RateLimit, l *intent.RateLimit) string
}

// RouteForm is how the target writes the predicates of rules.
type RouteForm struct {
	// Can says why one condition cannot be said by a rule of the protocol; ""
	// is that it can.
	Can func(p intent.Protocol, l match.Literal) string
	// Alternatives offers other predicates with the same meaning for a literal
	// that cannot be said (a raw prefix as a regular expression), best first;
	// nil is none.
	Alternatives func(p intent.Protocol, l match.Literal) []match.Expr
	// Conjunction says why a set of literals cannot be said together in one
	// match although each can ("two regular expressions on one path"); nil is
	// always.
	Conjunction func(p intent.Protocol, ls []match.Literal) string
	// Prefers tells how the target ranks rules of a table: the region in which
	// b wins over a although a is listed first. False everywhere is "a wins".
	// nil means that the target takes rules as listed.
	Prefers func(a, b match.Expr) match.Expr
	// PrefersGRPC is Prefers of gRPC tables; nil is Prefers. See Ranks.
	PrefersGRPC func(a, b match.Expr) match.Expr
	// PrefersTLS is Prefers of TLS tables; nil is Prefers. See Ranks.
	PrefersTLS func(a, b match.Expr) match.Expr
	// Steps says why a sequence of steps, each of which can be said, cannot be
	// said in its order; "" is that it can. nil is always.
	Steps func([]intent.Step) string
	// Beside says why a rule that does so has no mirror, fault or CORS, which can be said
	// of others; "" is that it has. nil is always.
	Beside func(then intent.Action, f Feature) string
	// RetriesAlso are conditions that the target retries on beside those said,
	// wherever it retries; sorted, nil is none.
	RetriesAlso []intent.RetryOn
	// RetriesOn says why rules of a protocol cannot retry on a condition, for
	// targets that answer by protocol; "" is that they can. nil is what Caps say.
	RetriesOn func(p intent.Protocol, on intent.RetryOn) string
	// NearestRetry rewrites a policy that cannot be said to the nearest one that
	// can, and says what differs as a clause; "" is that nothing was rewritten.
	// It comes before Caps are asked. nil rewrites none.
	NearestRetry func(intent.Retry) (near intent.Retry, differs string)
	// Leaves are features of which rules say no default of the source, although the
	// target can: it would take another kind of object.
	Leaves []Feature
	// Table tells for a model why one of its tables, whose parts can each be said,
	// cannot be said as a whole; "" is that it can. nil is always.
	Table func(m *intent.Model) func(t *intent.Routing) string
	// Refuses reports a backend that is Missing and that the target, as it is written
	// there, sends nothing to by a rule of its own, such as a reference into a namespace
	// that grants none; nil is none.
	Refuses func(t *intent.Routing, b *intent.Backend) bool
	// EndsOutlier says why a table puts ejection out of force for its host; "" is
	// that it does not. nil is never.
	EndsOutlier func(*intent.Routing) string
	// Clients says how much of Scope.Client a table can say.
	Clients ClientForm
	// PerPort says that a table is written for a port or for all; rules cannot
	// test match.ServicePort.
	PerPort bool
	// OneService says that a pod belongs to one service, so that Services which
	// share pods are subsets of the one that selects all of them.
	OneService bool
	// BackendPorts says that a backend must name a port.
	BackendPorts bool
	// PassesByPort says that rules pass on to all ports of a Service only where nothing names
	// one of these.
	PassesByPort bool
	// PortsMerge says that rules written for all ports of a Service also join
	// the rules for single ports.
	PortsMerge bool
	// Speaks tells the ports of a Service that routes of requests for all of its ports are
	// for, by what they are declared to carry; nil is all.
	Speaks func(intent.ServicePort) bool
	// Connections is what becomes of tables for TLS and TCP in the mesh.
	Connections ConnectionForm
}

// Ranks is how the target ranks rules of a protocol's tables; nil is as listed.
func (f RouteForm) Ranks(p intent.Protocol) func(a, b match.Expr) match.Expr {
	switch {
	case p == intent.GRPC && f.PrefersGRPC != nil:
		return f.PrefersGRPC
	case p == intent.TLS && f.PrefersTLS != nil:
		return f.PrefersTLS
	}
	return f.Prefers
}

// ClientForm is how a target chooses clients in routing.
type ClientForm uint8

const (
	ClientsAll        ClientForm = iota // no choice: a table is for all clients
	ClientsNamespaced                   // one namespace's clients, or all
	ClientsMatched                      // any predicate on namespace and labels
)

// AccessForm is how the target writes admission.
type AccessForm struct {
	// Can says why one condition cannot be said in the effect's When; "" is
	// that it can.
	Can func(e intent.Effect, l match.Literal) string
	// Shape says why a predicate whose literals can all be said is not of the
	// shape of one written rule; legalization then splits it (Or into several
	// facts). nil takes any shape.
	Shape func(e intent.Effect, when match.Expr) string
	// Scope says why a scope cannot be said; "" is that it can. Legalization
	// then expands it over the inventory's workloads and ports.
	Scope func(subject match.Expr) string
	// Reserved is a namespace whose policies hold for the whole mesh, so that none
	// can be said for it alone; nil and "" are none.
	Reserved func(intent.Environment) string
	// Elsewhere says why a scope without a port cannot have a policy that lets
	// clients in (True is everyone, False nobody); "" is that it can. The scope
	// is a namespace, or one with all labels of a workload of the inventory. nil
	// is that nothing can be said without a port. Of Partition only.
	Elsewhere func(subject, clients match.Expr) string
	// Own is whom the target lets in where nothing is said, for targets whose
	// Default does not tell: neither everyone nor nobody. Its facts are
	// Default's and an Allow for what nothing is said about. nil is what Default
	// says. Of Partition only.
	Own func(intent.Environment) match.Expr
	// OwnAt is at which ports of pods a policy of their own holds, where there is no server,
	// that nothing which is written takes back: there one is written, even for who is let in
	// without. nil is that there is none, or never. Of Partition only.
	OwnAt func(*intent.Inventory) []match.Expr
	// Complete adds what conditions on clients must say beside what was said,
	// such as the trust domain of a namespace; what it returns lets in no more.
	// nil is that they are complete. Of Partition only.
	Complete func(env intent.Environment, when match.Expr) match.Expr
	// TakesOff says that a denial which cannot be said is written as what is left
	// of what is let in. Of DenyOverrides only.
	TakesOff bool
	// Near rewrites the condition of a fact to the nearest one that the target
	// ties together: an Allow to one that implies it, others to one that it
	// implies. differs says for a report whom the fact is about then; "" is that
	// nothing is lost. nil rewrites none. Of DenyOverrides only.
	Near func(env intent.Environment, a *intent.Access) (when match.Expr, differs string)
	// Routes is how routes that tell requests apart for admission say predicates;
	// nil is Route. Of Partition only.
	Routes *RouteForm
	// Parties lists the names by which the target knows workloads; sorted. Of
	// ByName only.
	Parties func(m *intent.Model) []Party
	// Together says why what is denied and let in of one client's requests cannot
	// be said together although each can; "" is that it can. Of ByName only.
	Together func(deny, allow []match.Expr) string
	// Demands says why the target demands no token in an environment; "" is that it
	// does. It is of targets that validate tokens only where they demand one of what
	// they let in, and take one that is not valid for none; nil is of others. Of
	// ByName only.
	Demands func(intent.Environment) string
	// Combine is how facts add up.
	Combine Combine
}

// inbound is how routes that tell requests apart for admission say predicates.
func (t Target) inbound() RouteForm {
	if t.Access.Routes != nil {
		return *t.Access.Routes
	}
	return t.Route
}

// Combine is how a mesh puts access facts together.
type Combine uint8

const (
	// DenyOverrides: deny, ask, allow facts and a default.
	DenyOverrides Combine = iota
	// Partition: allow facts only; the best-ranked route that matches decides
	// whose facts count, and no match is a denial (Linkerd).
	Partition
	// NoAccess: the target has no authorization at all (plain Gateway API).
	NoAccess
	// ByName: for each named server, what each named client and all others may
	// do; a server of which anything is said lets in nothing else (Consul).
	ByName
)

// Limits bounds the objects of a target.
type Limits struct {
	// BackendsPerRule is how many backends a rule shares requests among.
	BackendsPerRule int
	// MaxWeight of a backend; weights are scaled to fit.
	MaxWeight int
	// WeightSum is what the weights of a rule's backends add up to, where the
	// target takes shares; 0 is anything.
	WeightSum int
	// Duration rounds a duration to what can be said; nil is any.
	Duration func(time.Duration) time.Duration
}
