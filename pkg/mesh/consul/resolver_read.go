package consul

import (
	"regexp"
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// resolver is a ServiceResolver as read: which instances a name stands for.
type resolver struct {
	object         *source.Object
	service        service
	defaultSubset  value
	subsets        map[string]*subset
	redirect       *leg
	failover       map[string][]leg
	failovers      map[string]value // where it is said
	failedOver     map[string]bool  // what something leads to
	requestTimeout value
	timeout        *time.Duration
	timed          bool // the timeout has an effect
	connectTimeout value
	connect        *time.Duration
	balance        *intent.Balance
}

// leg is where requests go next: a service, or some instances of it, perhaps of
// others.
type leg struct {
	node    value
	service service
	subset  string
	elsewhere
}

// readResolver reads one.
func (r *reader) readResolver(o *source.Object) {
	s := r.own(o)
	if old := r.resolvers[s]; old != nil {
		r.wrong(o, "there is a second one of that name", old.object.Ref())
		return
	}
	spec := specOf(o)
	r.home(o)
	res := &resolver{
		object: o, service: s, defaultSubset: spec.get("defaultSubset"), subsets: map[string]*subset{}, failover: map[string][]leg{},
		failovers: map[string]value{}, failedOver: map[string]bool{},
		requestTimeout: spec.get("requestTimeout"), connectTimeout: spec.get("connectTimeout"),
	}
	for _, e := range spec.get("subsets").entries() {
		res.subsets[e.Key] = r.readSubset(o, s, e.Key, value{e.Value, spec.entry})
	}
	if d := res.defaultSubset; d.text() != "" && res.subsets[d.text()] == nil {
		d.Node.Reject("is no subset of the resolver")
	}
	res.timeout, res.connect = positive(res.requestTimeout), positive(res.connectTimeout)
	r.readRedirect(o, res, spec.get("redirect"))
	for _, e := range spec.get("failover").entries() {
		r.readFailover(o, res, e.Key, value{e.Value, spec.entry})
	}
	if res.redirect != nil && len(res.failover) > 0 {
		spec.get("failover").Node.Reject("cannot stand beside redirect")
	}
	res.balance = r.readBalance(o, spec.get("loadBalancer"))
	for _, v := range r.onlyEnterprise(spec, "prioritizeByLocality") {
		r.field(o, v, whyLocality)
	}
	r.resolvers[s] = res
}

// positive reads a duration; nil is none, which zero says too.
func positive(v value) *time.Duration {
	d := v.duration()
	switch {
	case v.missing():
		return nil
	case d < 0:
		v.Node.Reject("is negative")
		return nil
	case d == 0:
		v.Node.Skip(sameAsNone)
		return nil
	}
	return &d
}

// readRedirect reads what a service stands for instead of itself.
func (r *reader) readRedirect(o *source.Object, res *resolver, n value) {
	if n.missing() {
		return
	}
	l := r.leg(n, res.service)
	named := n.get("service").text() != ""
	switch {
	case !named && (l.subset != "" || l.peer != "" || l.partition != "" || n.get("namespace").text() != ""):
		n.Node.Reject("has a subset, namespace, partition or peer without a service")
	case l.service == res.service && !l.foreign() && l.subset == "" && !named && n.get("datacenter").text() == "":
		n.Node.Reject("does not say where to")
	case l.service == res.service && !l.foreign() && l.subset == "":
		r.inert(n.Node, toItself)
	}
	l.oneWay()
	res.checkSubset(l)
	res.redirect = &l
}

// leg reads the fields that all legs share.
func (r *reader) leg(n value, own service) leg {
	l := leg{node: n, service: own, subset: n.get("serviceSubset").text(), elsewhere: r.elsewhere(n)}
	if name := readName(n.get("service")); name != "" {
		l.service.name = name
	}
	switch kept := r.onlyEnterprise(n, "namespace"); {
	case len(kept) > 0 && kept[0].text() != "":
		l.service.ns = kept[0].text()
	case l.peer != "" && r.enterprise:
		l.service.ns = "default" // agent/consul/discoverychain/compile.go rewriteTarget
	}
	return l
}

// toItself is why a redirect to the own service has no effect.
// agent/consul/discoverychain/compile.go rewriteTarget
const toItself = "it leads to where requests go anyway"

// checkSubset refuses a leg to a subset of its own service that there is not.
func (res *resolver) checkSubset(l leg) {
	if l.subset != "" && l.service == res.service && res.subsets[l.subset] == nil {
		l.node.get("serviceSubset").Node.Reject("is no subset of the resolver")
	}
}

// readFailover reads where requests for a subset go while it has no healthy
// instance; "*" is all that have no failover of their own.
func (r *reader) readFailover(o *source.Object, res *resolver, subset string, n value) {
	if subset != anyName && res.subsets[subset] == nil {
		n.Node.Reject("is about no subset of the resolver")
	}
	for _, v := range r.onlyEnterprise(n, "policy") {
		r.field(o, v, whyLocality)
	}
	own := r.leg(n, res.service)
	targets, datacenters := n.get("targets").items(), n.get("datacenters").texts()
	var legs []leg
	switch {
	case len(targets) > 0 && (len(datacenters) > 0 || own.subset != "" || own.service != res.service):
		n.Node.Reject("has targets beside a service, subset or datacenters")
	case len(targets) > 0:
		for _, t := range targets {
			legs = append(legs, r.leg(t, res.service))
		}
	case len(datacenters) > 0:
		for _, dc := range datacenters {
			if dc == "" {
				n.get("datacenters").Node.Reject("names no datacenter")
			}
			l := own
			if l.datacenter = dc; dc == r.in.Env.Consul.Datacenter {
				l.datacenter = ""
			}
			legs = append(legs, l)
		}
	case own.subset == "" && own.service == res.service && n.get("service").text() == "" && !own.foreign():
		n.Node.Reject("does not say where to")
	default:
		legs = []leg{own}
	}
	for _, l := range legs {
		l.oneWay()
		res.checkSubset(l)
	}
	res.failover[subset], res.failovers[subset] = legs, n
}

// subset is some of the instances of a service.
type subset struct {
	node  value
	where subsetFilter
}

var subsetName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func (r *reader) readSubset(o *source.Object, s service, name string, n value) *subset {
	if !subsetName.MatchString(name) {
		n.Node.Reject("has a name that no subset can have")
	}
	out := &subset{node: n, where: r.readFilter(s, n.get("filter"))}
	if v := n.get("onlyPassing"); v.boolean() {
		r.field(o, v, whyPassing)
	}
	n.Node.Kind()
	return out
}

// balances are Consul's policies.
var balances = map[string]intent.BalancePolicy{
	"": intent.BalanceUnset, "random": intent.Random, "round_robin": intent.RoundRobin, "least_request": intent.LeastRequest,
	"ring_hash": intent.Consistent, "maglev": intent.Consistent,
}

// readBalance reads how an instance is chosen.
func (r *reader) readBalance(o *source.Object, n value) *intent.Balance {
	if n.missing() {
		return nil
	}
	policy := n.get("policy").text()
	p, known := balances[policy]
	if !known {
		n.get("policy").Node.Reject("is no load balancing policy")
	}
	b := &intent.Balance{Policy: p, From: intent.From(n.Node.Ref())}
	hashes := n.get("hashPolicies").items()
	if len(hashes) > 0 && p != intent.Consistent {
		n.get("hashPolicies").Node.Reject("need the policy ring_hash or maglev")
	}
	if ring := n.get("ringHashConfig"); !ring.missing() {
		if policy != "ring_hash" {
			ring.Node.Reject("needs the policy ring_hash")
		}
	}
	if least := n.get("leastRequestConfig"); !least.missing() {
		if policy != "least_request" {
			least.Node.Reject("needs the policy least_request")
		}
		r.field(o, least, whyCompared)
	}
	switch {
	case p != intent.Consistent:
	case len(hashes) == 0:
		r.diagsInertHash(n)
		b.Policy = intent.Random // a hash of nothing is a random one
		r.fields(o, n, whyNoHash, "ringHashConfig")
	default:
		b.Hash = r.readHash(hashes[0])
		for _, more := range hashes[1:] {
			r.field(o, more, whyHashes)
		}
		b.Hash.Table = r.hashTable(o, n, policy)
	}
	if b.Policy == intent.BalanceUnset {
		return nil
	}
	return b
}

func (r *reader) diagsInertHash(n value) {
	r.inert(n.get("policy").Node, "without hashPolicies there is nothing to keep a client on its instance by")
}

func (r *reader) hashTable(o *source.Object, n value, policy string) string {
	if policy == "maglev" {
		return "maglev:65537"
	}
	ring := n.get("ringHashConfig")
	r.fields(o, ring, whyLargest, "maximumRingSize")
	if min := ring.get("minimumRingSize"); min.count() > 0 {
		return "ring:" + min.Node.Text()
	}
	return ""
}

// readHash reads what keeps a client on its instance.
func (r *reader) readHash(n value) *intent.Hash {
	h := &intent.Hash{From: intent.From(n.Node.Ref())}
	field, name := n.get("field").text(), n.get("fieldValue").text()
	cookie := n.get("cookieConfig")
	n.get("terminal").boolean() // of one source it says nothing
	if !slices.Contains([]string{"", "header", "cookie", "query_parameter"}, field) {
		n.get("field").Node.Reject("is neither header, cookie nor query_parameter")
	}
	switch {
	case n.get("sourceIP").boolean():
		h.SourceIP = true
		if field != "" || name != "" {
			n.Node.Reject("has sourceIP beside a field")
		}
	case field == "" || name == "":
		n.Node.Reject("says no source of the hash")
	case field == "header":
		h.Header = name
	case field == "query_parameter":
		h.Query = name
	case field == "cookie":
		h.Cookie = readCookie(name, cookie)
	}
	if !cookie.missing() && field != "cookie" {
		cookie.Node.Reject("needs the field cookie")
	}
	return h
}

// readCookie reads a cookie, which Envoy makes only where it is configured.
func readCookie(name string, n value) *intent.HashCookie {
	c := &intent.HashCookie{Name: name, Path: n.get("path").text()}
	ttl := n.get("ttl").duration()
	switch session := n.get("session").boolean(); {
	case session && ttl != 0:
		n.Node.Reject("has a time to live in a session cookie")
	case session:
		var zero time.Duration
		c.TTL = &zero
	case ttl != 0:
		c.TTL = &ttl
	}
	return c
}
